import {
  type Decision,
  healthStates,
  type PlannedMove,
  type ServiceSettings,
  type Snapshot,
  type ZoneName,
} from '@evac/core';

export interface Metric {
  name: string;
  unit: 'Count' | 'Milliseconds' | 'Percent';
  values: number[];
  /** What it says while all is well; null where every value tells something. */
  usual: number | null;
}

/** CloudWatch takes a hundred values of a metric at once; at the hundredth Powertools begins another line. */
const maxValues = 99;

/** As much of a judgement as its metrics are made of. */
export interface Judged {
  snapshot: Pick<Snapshot, 'cell' | 'health' | 'vantages' | 'targets'>;
  decision: Pick<Decision, 'verdicts' | 'refusals'>;
  started: Pick<PlannedMove, 'move'>[];
}

/**
 * What a judgement says in numbers, about one service in one cell: counts of nodes, zones, regions and vantages, zero or
 * not; refusals and moves only when there are any.
 */
export function judgementMetrics(
  { snapshot, decision, started }: Judged,
  { freshMs }: Pick<ServiceSettings['timing'], 'freshMs'>,
  now: number,
): Metric[] {
  const { nodes, zones, regions } = decision.verdicts;
  const always = [
    ...healthStates
      .filter((state) => state !== 'healthy')
      .map((state) => count(`${pascal(state)}Nodes`, nodes.filter((n) => n.verdict === state).length)),
    count('ImpairedZones', zones.filter((z) => z.verdict === 'impaired').length),
    count('DownRegions', regions.filter((r) => r.verdict === 'down').length),
    count('SilentVantages', silentVantages(snapshot, freshMs, now)),
    ...share('HealthyShare', nodes.filter((n) => n.verdict === 'healthy').length, nodes.length, 100),
    ...share('SaturatedShare', nodes.filter((n) => n.verdict === 'saturated').length, nodes.length, 0),
  ];
  const refusals = tally(decision.refusals.map((r) => `RefusedBy${pascal(r.guard)}`));
  const moves = tally(started.map((m) => `Started${pascal(m.move)}`));
  return [...always, ...refusals, ...moves];
}

/**
 * Of this cell's vantages, those that see nothing, have told nothing lately, or nothing ever: their functions may run and
 * write nothing, which no metric of Lambda shows.
 */
function silentVantages({ cell, vantages }: Judged['snapshot'], freshMs: number, now: number): number {
  return vantages.filter(
    (v) => v.region === cell && (v.blind || v.lastAt === null || now - v.lastAt > freshMs),
  ).length;
}

/**
 * What a judgement says of each zone of its own region. Generations' times to their first token (their whole latencies,
 * where the deep probe streams none) are a sample that keeps their percentiles.
 */
export function zoneMetrics({ snapshot, decision }: Judged): { zone: ZoneName; metrics: Metric[] }[] {
  const { nodes, zones } = decision.verdicts;
  return zones.map(({ zone, verdict, share: failed }) => {
    const targets = new Set(
      snapshot.targets.filter((t) => t.kind === 'node' && t.zone === zone).map((t) => t.id),
    );
    const healthy = nodes.filter((n) => n.zone === zone && n.verdict === 'healthy');
    return {
      zone,
      metrics: [
        { ...count('HealthyNodes', healthy.length), usual: null },
        count('Impaired', verdict === 'impaired' ? 1 : 0),
        ...(failed === null ? [] : share('SuccessRate', 1 - failed, 1, 100)),
        ...generations(snapshot.health.filter((h) => targets.has(h.target))),
      ],
    };
  });
}

/** Nothing but what is there while all is well: the nodes of each zone that are healthy, and how fast they generate. */
export function isUsual({ values, usual }: Metric): boolean {
  return usual === null || values.every((value) => value === usual);
}

/** In percent; of nothing there is no share. */
function share(name: string, part: number, whole: number, usual: number): Metric[] {
  return whole > 0 ? [{ name, unit: 'Percent', values: [(100 * part) / whole], usual }] : [];
}

function generations(health: Snapshot['health']): Metric[] {
  const values = health.flatMap(({ checks: { deep } }) => (deep?.lastClass === 'ok' ? [deep.latencyMs] : []));
  if (values.length === 0) return [];
  return [{ name: 'TimeToFirstToken', unit: 'Milliseconds', values: sample(values), usual: null }];
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
  return { name, unit: 'Count', values: [value], usual: 0 };
}

/** "last-one-standing" as CloudWatch's names are written: "LastOneStanding". */
function pascal(words: string): string {
  return words.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
