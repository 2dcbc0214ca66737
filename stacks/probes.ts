import type { ServiceSettings, Vantage } from '@evac/core';
import { createFunction, type Told } from './function.ts';
import type { Place } from './place.ts';
import { partitions } from './rights/store.ts';
import { createSpanScheduler, createSpans, receiving } from './spans.ts';

/** The longest generation of any preset takes two minutes to hang (packages/core/src/config/presets/local.ts). */
const leastSeconds = 150;

/** A question that was asked at the end of a round may take its whole timeout, and what came of it is still written. */
function probeSeconds(services: readonly ServiceSettings[]): number {
  const longest = services.map(({ timing, shallow, deep, progress }) => {
    const reading = progress ? 2 * progress.timeoutMs + progress.gapMs : 0;
    return timing.intervalMs + Math.max(shallow.timeoutMs, deep?.timeoutMs ?? 0) + reading;
  });
  return Math.max(leastSeconds, Math.ceil(Math.max(0, ...longest) / 1_000) + 5);
}

/**
 * One function for each vantage: in the subnet of its zone, or for the region outside of the VPC. It may read what to ask and
 * write what it saw.
 */
export function createProbes(
  place: Place,
  ask: { told: Told; deadLetters: aws.sqs.Queue },
): sst.aws.Function[] {
  const timeoutSeconds = probeSeconds(place.services.map(({ service }) => service));
  const role = createSpanScheduler(place, probeNames(place));
  const group = place.network ? createNetwork(place, place.network) : null;
  return place.vantages.map((vantage) => {
    const of = vantage.zone ?? 'outside';
    const subnet = place.network?.subnets.find((s) => s.zone === vantage.zone)?.subnet;
    const probe = createFunction(place, {
      name: 'probe',
      of,
      description: vantage.zone
        ? `Asks every node, from ${vantage.zone}.`
        : `Asks every region's endpoint, from ${place.region} outside of the VPC.`,
      // It runs every few seconds: memory is the bill.
      memory: 128,
      timeoutSeconds,
      told: { ...ask.told, vantage: JSON.stringify(toldOf(vantage)) },
      traced: false,
      rights: [
        ...receiving(place, of),
        ...partitions(place, ['dynamodb:Query'], ['targets#*', 'joined']),
        ...partitions(place, ['dynamodb:PutItem'], ['observation#*']),
      ],
      ...(subnet && group ? { subnet: { id: subnet, securityGroup: group.id } } : {}),
    });
    // The region’s own vantage asks a handful of endpoints.
    const shards = vantage.zone === null ? 1 : (place.network?.shards ?? 1);
    createSpans(place, { of, probe, timeoutSeconds, shards, role, deadLetters: ask.deadLetters });
    return probe;
  });
}

export function probeNames({ vantages, named }: Place): string[] {
  return vantages.map(({ zone }) => named('probe', zone ?? 'outside'));
}

/** A vantage as the functions are told of it; its region is theirs. */
export function toldOf({ id, zone, controls }: Vantage) {
  return { id, zone, controls };
}

/** Out to anywhere, in from nowhere; and, where it is asked for, a way to the store that needs no internet. */
function createNetwork(
  { provider, logical, named, region }: Place,
  { vpc, routeTables }: NonNullable<Place['network']>,
): aws.ec2.SecurityGroup {
  if (routeTables.length > 0) {
    for (const service of ['dynamodb', 's3'])
      new aws.ec2.VpcEndpoint(
        logical('endpoint', service),
        {
          vpcId: vpc,
          vpcEndpointType: 'Gateway',
          serviceName: `com.amazonaws.${region}.${service}`,
          routeTableIds: routeTables,
          tags: { Name: named(service) },
        },
        { provider },
      );
  }
  return new aws.ec2.SecurityGroup(
    logical('probe', 'group'),
    {
      name: named('probe'),
      description: 'Evac probes: they ask, and nobody asks them',
      vpcId: vpc,
      egress: [
        { protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'], ipv6CidrBlocks: ['::/0'] },
      ],
    },
    { provider },
  );
}
