import type { ServiceRegion, ServiceSettings } from '@evac/core';
import type { Topics } from '../notices.ts';
import type { Place } from '../place.ts';
import { createAlarm, createComposite, type Measure } from './alarm.ts';

/**
 * Each service of the region, its zones beneath it: a region that is down tells once, and its zones keep quiet.
 *
 * Most metrics are sent only while something is not well (packages/aws/src/metrics), so their silence is no breach. CloudWatch
 * then looks a little further back for values, and an alarm may stay on for some minutes more. Filling the silence in by an
 * expression would hide what comes late: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function createServiceAlarms(place: Place, topics: Topics): void {
  for (const { service, here } of place.services) {
    const region = createRegionAlarms(place, topics, service);
    for (const zone of here.zones) createZoneAlarms(place, topics, service, zone, region);
  }
}

function createRegionAlarms(
  place: Place,
  topics: Topics,
  { name }: ServiceSettings,
): aws.cloudwatch.CompositeAlarm {
  const of = (metric: string, stat: Measure['stat']): Measure => ({
    namespace: 'Evac',
    metric,
    dimensions: { service: name, region: place.region },
    stat,
  });
  const down = createAlarm(place, {
    parts: [name, 'down'],
    description: `A region's endpoint of ${name} is down, as ${place.region} sees it. Look at the incident, or fail over: docs/operations.md.`,
    of: of('DownRegions', 'Maximum'),
    when: '>=',
    threshold: 1,
    minutes: [1, 1],
    silence: 'notBreaching',
  });
  const few = createAlarm(place, {
    parts: [name, 'healthy-share'],
    description: `Less than half of the nodes of ${name} in ${place.region} are healthy.`,
    of: of('HealthyShare', 'Minimum'),
    when: '<',
    threshold: 50,
    minutes: [3, 5],
    silence: 'notBreaching',
  });
  createAlarm(place, {
    parts: [name, 'saturated'],
    description: `More than half of the nodes of ${name} in ${place.region} are full: scale out. No node is replaced for it.`,
    of: of('SaturatedShare', 'Average'),
    when: '>',
    threshold: 50,
    minutes: [3, 5],
    silence: 'notBreaching',
    tell: topics.warning,
  });
  createAlarm(place, {
    parts: [name, 'breaker'],
    description: `Too many moves of ${name} failed or were undone: nothing moves until a person resets the breaker.`,
    of: of('RefusedByBreaker', 'Sum'),
    when: '>=',
    threshold: 1,
    minutes: [1, 1],
    silence: 'notBreaching',
    tell: topics.critical,
  });
  createAlarm(place, {
    parts: [name, 'vantages'],
    description: `A probe of ${name} in ${place.region} writes nothing, or sees nothing, though it may run: look at its log, its subnet and its gateway endpoint.`,
    of: of('SilentVantages', 'Maximum'),
    when: '>=',
    threshold: 1,
    minutes: [3, 3],
    silence: 'notBreaching',
    tell: topics.critical,
  });
  return createComposite(place, {
    parts: [name, 'region'],
    description: `${name} in ${place.region}: an endpoint is down, or less than half of the nodes are healthy.`,
    of: [down, few],
    tell: topics.critical,
  });
}

function createZoneAlarms(
  place: Place,
  topics: Topics,
  { name, deep }: ServiceSettings,
  { name: zone }: ServiceRegion['zones'][number],
  region: aws.cloudwatch.CompositeAlarm,
): void {
  const of = (metric: string, stat: Measure['stat']): Measure => ({
    namespace: 'Evac',
    metric,
    dimensions: { service: name, region: place.region, zone },
    stat,
  });
  const common = { minutes: [3, 5], silence: 'notBreaching' } as const;
  const impaired = createAlarm(place, {
    parts: [name, zone, 'impaired'],
    description: `${zone} is impaired for ${name}: an outlier against the other zones.`,
    of: of('Impaired', 'Maximum'),
    when: '>=',
    threshold: 1,
    minutes: [1, 1],
    silence: 'notBreaching',
  });
  const success = createAlarm(place, {
    ...common,
    parts: [name, zone, 'success'],
    description: `More than a tenth of what ${name} was asked in ${zone} failed.`,
    of: of('SuccessRate', 'Average'),
    when: '<',
    threshold: 90,
  });
  const nodes = createAlarm(place, {
    ...common,
    parts: [name, zone, 'nodes'],
    description: `${name} has no healthy node in ${zone}.`,
    of: of('HealthyNodes', 'Maximum'),
    when: '<',
    threshold: 1,
  });
  // What takes half of its timeout is on its way to fail.
  const slow = deep
    ? [
        createAlarm(place, {
          ...common,
          parts: [name, zone, 'slow'],
          description: `The slowest generations of ${name} in ${zone} take more than half of what the probe allows, to the first token where they stream.`,
          of: of('TimeToFirstToken', 'p99'),
          when: '>',
          threshold: (deep.kind === 'openai-stream' ? deep.firstTokenMs : deep.timeoutMs) / 2,
        }),
      ]
    : [];
  createComposite(place, {
    parts: [name, zone],
    description: `${name} in ${zone}: impaired, failing, slow or without nodes. Look at the dashboard, or evacuate it: docs/operations.md.`,
    of: [impaired, success, nodes, ...slow],
    tell: topics.warning,
    under: region,
  });
}
