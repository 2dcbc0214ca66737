import { decide, guardNames, moveNames, regionName } from '@evac/core';
import { expect, test, vi } from 'vitest';
import { count, type Trouble } from '../../functions/lib/count.ts';
import { emitJudgement } from '../../packages/aws/src/metrics/metrics.ts';
import { candidate, checkIn, settings, snapshot } from '../../packages/core/src/testing/snapshot.ts';
import { configNames } from './lib/configs.ts';
import { recorded } from './lib/recorded.ts';

const now = 1_800_000_000_000;

/** Every metric that a judgement and a function's trouble can send, as `RefusedByBreaker of region,service`. */
function sent(): Set<string> {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const of = snapshot();
  const health = of.health.map((h) => ({ ...h, checks: { ...h.checks, deep: checkIn('healthy') } }));
  const decision = decide(of, settings(), now);
  const refusals = guardNames.map((guard) => ({ candidate: candidate(), guard, because: 'x', unblock: 'y' }));
  const started = moveNames.map((move) => ({ move }));
  const zones = decision.verdicts.zones.map((zone) => ({ ...zone, share: 0.5 }));
  const judged = {
    snapshot: { ...of, health },
    decision: { ...decision, refusals, verdicts: { ...decision.verdicts, zones } },
    started,
  };
  emitJudgement(settings(), regionName('us-west-2'), judged, now);
  const troubles: Record<Trouble, true> = {
    PoisonedRecords: true,
    JudgementErrors: true,
    UnreadAlarms: true,
    NotifyFailures: true,
    SwitchesFromMemory: true,
  };
  for (const trouble of Object.keys(troubles).filter((name): name is Trouble => name in troubles))
    count(trouble, regionName('us-west-2'));
  write.mockRestore();
  const directives: { Dimensions: string[][]; Metrics: { Name: string }[] }[] = lines.flatMap(
    (line) => JSON.parse(line)._aws.CloudWatchMetrics,
  );
  return new Set(
    directives.flatMap(({ Dimensions, Metrics }) =>
      Metrics.flatMap(({ Name }) => Dimensions.map((names) => measure(Name, names))),
    ),
  );
}

const measure = (metric: unknown, dimensions: string[]) => `${metric} of ${dimensions.toSorted().join()}`;

test.each(configNames)(
  'what the alarms and the dashboard of %s look at is sent, with these dimensions',
  (name) => {
    const { all } = recorded(name);
    const alarms = all('MetricAlarm')
      .filter(({ inputs }) => inputs.namespace === 'Evac')
      .map(({ inputs }) => measure(inputs.metricName, Object.keys(Object(inputs.dimensions))));
    const widgets: object[] = all('Dashboard').flatMap(
      ({ inputs }) => JSON.parse(String(inputs.dashboardBody)).widgets,
    );
    const graphs = widgets.flatMap((widget) => {
      const metrics: unknown[][] = Object(Object(widget).properties).metrics ?? [];
      return metrics.flatMap(([namespace, metric, ...rest]) => {
        const dimensions = rest.filter((part, i) => i % 2 === 0 && typeof part === 'string').map(String);
        return namespace === 'Evac' ? [measure(metric, dimensions)] : [];
      });
    });
    expect(alarms.length).toBeGreaterThan(10);
    expect(graphs.length).toBeGreaterThan(10);
    const known = sent();
    expect([...new Set([...alarms, ...graphs])].filter((metric) => !known.has(metric))).toEqual([]);
  },
);
