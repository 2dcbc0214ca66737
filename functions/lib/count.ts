import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { RegionName } from '@evac/core';

/** What goes wrong with Evac itself, most an alarm's metric, with the dimension `region` and `service` "evac". */
export type Trouble =
  | 'PoisonedRecords'
  | 'JudgementErrors'
  | 'UnreadAlarms'
  | 'NotifyFailures'
  | 'SwitchesFromMemory';

/** For these one alarm stands (stacks/alarms/watchman.ts), over the metric `Trouble`: an alarm costs by its metrics. */
const together: Trouble[] = ['PoisonedRecords', 'NotifyFailures', 'SwitchesFromMemory'];

/** One line in CloudWatch's embedded format: no call of an API, and nothing to fail. */
export function count(trouble: Trouble, region: RegionName, times = 1): void {
  const metrics = new Metrics({ namespace: 'Evac', serviceName: 'evac', defaultDimensions: { region } });
  metrics.addMetric(trouble, MetricUnit.Count, times);
  if (together.includes(trouble)) metrics.addMetric('Trouble', MetricUnit.Count, times);
  metrics.publishStoredMetrics();
}
