import { Metrics } from '@aws-lambda-powertools/metrics';
import type { RegionName, ServiceSettings } from '@evac/core';
import { isUsual, type Judged, judgementMetrics, type Metric, zoneMetrics } from './judgement-metrics.ts';

/** The namespace in CloudWatch. */
const namespace = 'Evac';

/**
 * Writes a judgement's metrics to the log in CloudWatch's embedded format: a line with the dimensions `service` and
 * `region`, and one a zone with `zone` as well. No call of an API, and nothing to fail.
 *
 * A metric costs by the hour in which it is sent. So while all is well only what an operator looks at is sent, each zone's
 * healthy nodes and the latency of their generations; as soon as anything is not, everything is. Who reads a metric takes
 * its silence for its usual value; that somebody judges at all has an alarm of its own.
 */
export function emitJudgement(
  { name, timing }: Pick<ServiceSettings, 'name' | 'timing'>,
  region: RegionName,
  judgement: Judged,
  now: number,
): void {
  const whole = judgementMetrics(judgement, timing, now);
  const zones = zoneMetrics(judgement);
  const well = [...whole, ...zones.flatMap(({ metrics }) => metrics)].every(isUsual);
  const sent = (metrics: Metric[]) => metrics.filter(({ usual }) => !well || usual === null);
  emit(name, { region }, sent(whole));
  for (const { zone, metrics } of zones) emit(name, { region, zone }, sent(metrics));
}

function emit(service: string, dimensions: Record<string, string>, list: Metric[]): void {
  if (list.length === 0) return;
  // Powertools reads a function's name and its own switches from the environment; ours are given.
  const metrics = new Metrics({ namespace, serviceName: service, defaultDimensions: dimensions });
  for (const { name, unit, values } of list) {
    for (const value of values) metrics.addMetric(name, unit, value);
  }
  metrics.publishStoredMetrics();
}
