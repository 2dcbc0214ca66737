import { type Decision, healthStates, type PlannedMove, type Snapshot, type ZoneName } from '@evac/core';

export interface Metric {
  name: string;
  unit: 'Count' | 'Milliseconds' | 'Percent';
  values: number[];
}

/** CloudWatch takes a hundred values of a metric at once; at the hundredth Powertools begins another line. */
const maxValues = 99;

/**
 * What a judgement says in numbers, about one service in one cell. Counts of nodes, zones, regions and vantages are
 * there in every judgement, zero or not; refusals and moves only when there are any, since a metric costs by the hour
 * in which it is sent. Probe latencies are a sample that keeps their percentiles.
 */
export function judgementMetrics(judgement: {
  snapshot: Pick<Snapshot, 'health' | 'vantages'>;
  decision: Pick<Decision, 'verdicts' | 'refusals'>;
  started: Pick<PlannedMove, 'move'>[];
}): Metric[] {
  const { snapshot, decision, started } = judgement;
  const { nodes, zones, regions } = decision.verdicts;
  const always = [
    ...healthStates.map((state) =>
      count(`${pascal(state)}Nodes`, nodes.filter((n) => n.verdict === state).length),
    ),
    count('ImpairedZones', zones.filter((z) => z.verdict === 'impaired').length),
    count('DownRegions', regions.filter((r) => r.verdict === 'down').length),
    count('BlindVantages', snapshot.vantages.filter((v) => v.blind).length),
    ...share('HealthyShare', nodes.filter((n) => n.verdict === 'healthy').length, nodes.length),
    ...share('SaturatedShare', nodes.filter((n) => n.verdict === 'saturated').length, nodes.length),
  ];
  const refusals = tally(decision.refusals.map((r) => `RefusedBy${pascal(r.guard)}`));
  const moves = tally(started.map((m) => `Started${pascal(m.move)}`));
  return [...always, ...refusals, ...moves, ...latencies(snapshot)];
}

/** What a judgement says of each zone of its own region. */
export function zoneMetrics(judgement: {
  snapshot: Pick<Snapshot, 'health' | 'targets'>;
  decision: Pick<Decision, 'verdicts'>;
}): { zone: ZoneName; metrics: Metric[] }[] {
  const { snapshot, decision } = judgement;
  const { nodes, zones } = decision.verdicts;
  return zones.map(({ zone, verdict, share: failed }) => {
    const targets = new Set(
      snapshot.targets.filter((t) => t.kind === 'node' && t.zone === zone).map((t) => t.id),
    );
    const health = snapshot.health.filter((h) => targets.has(h.target));
    const healthy = nodes.filter((n) => n.zone === zone && n.verdict === 'healthy');
    return {
      zone,
      metrics: [
        count('HealthyNodes', healthy.length),
        count('Impaired', verdict === 'impaired' ? 1 : 0),
        ...(failed === null ? [] : share('SuccessRate', 1 - failed, 1)),
        ...latencies({ health }).filter(({ name }) => name === 'DeepProbeLatency'),
      ],
    };
  });
}

/** In percent; of nothing there is no share. */
function share(name: string, part: number, whole: number): Metric[] {
  return whole > 0 ? [{ name, unit: 'Percent', values: [(100 * part) / whole] }] : [];
}

function latencies({ health }: Pick<Snapshot, 'health'>): Metric[] {
  const kinds = [
    ['ShallowProbeLatency', 'shallow'],
    ['DeepProbeLatency', 'deep'],
  ] as const;
  return kinds.flatMap(([name, kind]): Metric[] => {
    const values = health.flatMap((h) => {
      const check = h.checks[kind];
      return check?.lastClass === 'ok' ? [check.latencyMs] : [];
    });
    return values.length > 0 ? [{ name, unit: 'Milliseconds', values: sample(values) }] : [];
  });
}

/** Evenly over the sorted values, the least and the greatest among them. */
function sample(values: number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length <= maxValues) return sorted;
  const step = (sorted.length - 1) / (maxValues - 1);
  return Array.from({ length: maxValues }, (_, i) => sorted[Math.round(i * step)] ?? 0);
}

function tally(names: string[]): Metric[] {
  return [...Map.groupBy(names, (name) => name)].map(([name, all]) => count(name, all.length));
}

function count(name: string, value: number): Metric {
  return { name, unit: 'Count', values: [value] };
}

/** "last-one-standing" as CloudWatch's names are written: "LastOneStanding". */
function pascal(words: string): string {
  return words.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
