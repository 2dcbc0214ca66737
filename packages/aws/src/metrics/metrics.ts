import { Metrics } from '@aws-lambda-powertools/metrics';
import type { RegionName, ServiceName } from '@evac/core';
import { judgementMetrics, type Metric, zoneMetrics } from './judgement-metrics.ts';

type Judgement = Parameters<typeof judgementMetrics>[0] & Parameters<typeof zoneMetrics>[0];

/** The namespace in CloudWatch. */
const namespace = 'Evac';

/**
 * Writes a judgement's metrics to the log in CloudWatch's embedded format: a line with the dimensions `service` and
 * `region`, and one a zone with `zone` as well. No call of an API, and nothing to fail.
 */
export function emitJudgement(service: ServiceName, region: RegionName, judgement: Judgement): void {
  emit(service, { region }, judgementMetrics(judgement));
  for (const { zone, metrics } of zoneMetrics(judgement)) emit(service, { region, zone }, metrics);
}

function emit(service: ServiceName, dimensions: Record<string, string>, list: Metric[]): void {
  // Powertools reads a function's name and its own switches from the environment; ours are given.
  const metrics = new Metrics({ namespace, serviceName: service, defaultDimensions: dimensions });
  for (const { name, unit, values } of list) {
    for (const value of values) metrics.addMetric(name, unit, value);
  }
  metrics.publishStoredMetrics();
}
