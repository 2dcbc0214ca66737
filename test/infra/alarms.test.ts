import { describe, expect, test } from 'vitest';
import { configNames, whole } from './lib/configs.ts';
import type { Json, Resource } from './lib/engine/recording.ts';
import { at, recorded } from './lib/recorded.ts';

const west = (type: string): Resource[] =>
  recorded(whole)
    .all(type)
    .filter((r) => r.region === 'us-west-2');
const short = (name: unknown) => String(name).replace('evac-production-', '');

/** An alarm's rule in a line. */
function line({ inputs }: Resource): string {
  const queries = Array.isArray(inputs.metricQueries) ? inputs.metricQueries.length - 1 : 1;
  const how = String(inputs.extendedStatistic ?? inputs.statistic ?? 'SUM');
  const of = inputs.metricName ? `${inputs.namespace} ${inputs.metricName}` : `${queries} metrics`;
  const sign = { GreaterThanOrEqualToThreshold: '>=', GreaterThanThreshold: '>', LessThanThreshold: '<' }[
    String(inputs.comparisonOperator)
  ];
  const [told] = Array.isArray(inputs.alarmActions) ? inputs.alarmActions : [];
  const who = told === undefined ? 'nobody' : String(told).split('-').at(-1);
  return `${short(inputs.name)}: ${how} of ${of} ${sign} ${inputs.threshold} in ${inputs.datapointsToAlarm} of ${inputs.evaluationPeriods} min, silence ${inputs.treatMissingData}, tells ${who}`;
}

test('the alarms of a region are these', async () => {
  await expect(`${west('MetricAlarm').map(line).toSorted().join('\n')}\n`).toMatchFileSnapshot(
    'expected/alarms.txt',
  );
});

describe('one cause tells once', () => {
  const composites = Object.fromEntries(
    west('CompositeAlarm').map(({ inputs }) => [short(inputs.alarmName), inputs]),
  );

  test('a zone for its nodes, and only while its region is not the cause', () => {
    expect(Object.keys(composites).toSorted()).toEqual([
      'llm-region',
      'llm-us-west-2a',
      'llm-us-west-2b',
      'llm-us-west-2c',
    ]);
    for (const name of ['us-west-2a', 'us-west-2b', 'us-west-2c']) {
      const zone = composites[`llm-${name}`];
      const leaves = ['impaired', 'success', 'nodes', 'slow'].map(
        (what) => `ALARM("evac-production-llm-${name}-${what}")`,
      );
      expect(zone?.alarmRule).toBe(leaves.join(' OR '));
      expect(zone?.actionsSuppressor).toMatchObject({ alarm: 'evac-production-llm-region' });
    }
  });

  test('every alarm that tells nobody is told by a composite', () => {
    const rules = Object.values(composites)
      .map(({ alarmRule }) => String(alarmRule))
      .join();
    const mute = west('MetricAlarm').filter(({ inputs }) => !inputs.alarmActions);
    for (const { inputs } of mute) expect(rules).toContain(`ALARM("${inputs.name}")`);
    for (const composite of Object.values(composites)) {
      expect(composite.alarmActions).toHaveLength(1);
      expect(composite.okActions).toEqual(composite.alarmActions);
    }
  });
});

describe.each(configNames)('in %s', (name) => {
  test('a probe or a judge that is silent is an alarm', () => {
    const { all } = recorded(name);
    const watched = all('MetricAlarm').filter((a) => a.inputs.treatMissingData === 'breaching');
    const names = watched.map((a) => {
      expect(a.inputs).toMatchObject({ metricName: 'Invocations', comparisonOperator: 'LessThanThreshold' });
      const { FunctionName } = Object(a.inputs.dimensions);
      return `${a.region} ${FunctionName}`;
    });
    const expected = all('Function')
      .filter((f) => /-(probe-.*|decide)$/.test(String(f.inputs.name)))
      .map((f) => `${f.region} ${f.inputs.name}`);
    expect(names.toSorted()).toEqual(expected.toSorted());
  });

  test('no alarm adds up more metrics than CloudWatch takes', () => {
    for (const { inputs } of recorded(name).all('MetricAlarm'))
      expect(Array.isArray(inputs.metricQueries) ? inputs.metricQueries.length : 1).toBeLessThanOrEqual(11);
  });

  test('every alarm says what has happened', () => {
    const { all } = recorded(name);
    for (const { inputs } of [...all('MetricAlarm'), ...all('CompositeAlarm')])
      expect(String(inputs.alarmDescription)).toMatch(/\.$/);
  });
});

test.each(configNames)(
  'one dashboard shows every region of %s by its own metrics, and no widget over another',
  (name) => {
    const { all } = recorded(name);
    const [dashboard, ...more] = all('Dashboard');
    expect(more).toEqual([]);
    const { widgets } = JSON.parse(String(dashboard?.inputs.dashboardBody));
    const regions = new Set(all('MetricAlarm').map((alarm) => alarm.region));
    const [graphs, headings] = ['metric', 'text'].map((type) =>
      widgets.filter((w: Json) => at(w, 'type') === type),
    );
    // Which region's alarms are registered first hangs on whose answers come first.
    expect(headings.map((w: Json) => at(w, 'properties.markdown')).toSorted()).toEqual(
      [...regions].map((r) => `## ${r}`).toSorted(),
    );
    for (const region of regions) {
      const own = graphs.filter((w: Json) => at(w, 'properties.region') === region);
      expect(own.length).toBeGreaterThan(8);
      for (const { properties } of own) {
        expect(properties.metrics.length).toBeGreaterThan(0);
        for (const [namespace, , ...dimensions] of properties.metrics)
          if (namespace === 'Evac') expect(dimensions).toContain(region);
      }
    }
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets)
      for (let column = x; column < x + width; column++)
        for (let row = y; row < y + height; row++) {
          expect(taken).not.toContain(`${column} ${row}`);
          taken.add(`${column} ${row}`);
        }
  },
);
