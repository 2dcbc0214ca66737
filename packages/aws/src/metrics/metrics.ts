import { Metrics } from '@aws-lambda-powertools/metrics';
import type { RegionName, ServiceName } from '@evac/core';
import { judgementMetrics } from './judgement-metrics.ts';

type Judgement = Parameters<typeof judgementMetrics>[0];

/** The namespace in CloudWatch. */
const namespace = 'Evac';

/**
 * Writes a judgement's metrics to the log in CloudWatch's embedded format, one line, with the dimensions `service` and
 * `region`: no call of an API, and nothing to fail.
 */
export function emitJudgement(service: ServiceName, region: RegionName, judgement: Judgement): void {
  // Powertools reads a function's name and its own switches from the environment; ours are given.
  const metrics = new Metrics({ namespace, serviceName: service, defaultDimensions: { region } });
  for (const { name, unit, values } of judgementMetrics(judgement)) {
    for (const value of values) metrics.addMetric(name, unit, value);
  }
  metrics.publishStoredMetrics();
}
