import { createHash } from 'node:crypto';
import { percentile } from '@evac/console';
import type { SceneResult } from '@evac/simulation';

export interface Distribution {
  count: number;
  p50Ms: number | null;
  p90Ms: number | null;
  p99Ms: number | null;
  maxMs: number | null;
}

export interface FaultTimes {
  fault: string;
  /** How often it led to a move on its target. */
  count: number;
  /** From the fault to the verdict. */
  detected: Distribution;
  /** From the fault to the move's proof. */
  recovered: Distribution;
}

/** A rule, and where it was broken. */
export interface BrokenRule {
  invariant: string;
  /** How often, over all seeds. */
  count: number;
  /** Each with the first of its violations, in the seeds' order. */
  seeds: { seed: number; atMs: number; text: string }[];
}

/** What a great many scenes come to. */
export interface Tally {
  seeds: number;
  virtualMs: number;
  /** Moves that were begun, done and proven. */
  failovers: number;
  /** By move and outcome; `open` where it had none at the end. */
  moves: Record<string, Record<string, number>>;
  refusals: Record<string, number>;
  faults: FaultTimes[];
  broken: BrokenRule[];
  /** Of all traces; the same for the same seeds. */
  digest: string;
}

/** Adds up results as they come; what it comes to does not depend on their order. */
export function createTally() {
  const moves: Tally['moves'] = {};
  const refusals: Tally['refusals'] = {};
  const times = new Map<string, { count: number; detected: number[]; recovered: number[] }>();
  const rules = new Map<string, BrokenRule>();
  const digests = new Map<number, string>();
  let virtualMs = 0;
  let failovers = 0;
  let violations = 0;

  function addFault({ name, detectedMs, recoveredMs }: SceneResult['faults'][number]): void {
    const of = times.get(name) ?? { count: 0, detected: [], recovered: [] };
    of.count += 1;
    if (detectedMs !== null) of.detected.push(detectedMs);
    if (recoveredMs !== null) of.recovered.push(recoveredMs);
    times.set(name, of);
  }

  function addViolation(seed: number, { invariant, atMs, text }: SceneResult['violations'][number]): void {
    const rule = rules.get(invariant) ?? { invariant, count: 0, seeds: [] };
    rule.count += 1;
    if (!rule.seeds.some((known) => known.seed === seed)) rule.seeds.push({ seed, atMs, text });
    rules.set(invariant, rule);
  }

  return {
    add(result: SceneResult): void {
      digests.set(result.seed, result.digest);
      virtualMs += result.virtualMs;
      violations += result.violations.length;
      for (const { move, outcome } of result.moves) {
        const of = moves[move] ?? {};
        moves[move] = of;
        of[outcome ?? 'open'] = (of[outcome ?? 'open'] ?? 0) + 1;
        if (outcome === 'recovered') failovers += 1;
      }
      for (const [guard, count] of Object.entries(result.refusals))
        refusals[guard] = (refusals[guard] ?? 0) + count;
      for (const fault of result.faults) addFault(fault);
      for (const violation of result.violations) addViolation(result.seed, violation);
    },
    /** For a progress bar. */
    sofar: () => ({ seeds: digests.size, failovers, violations }),
    result: (): Tally => ({
      seeds: digests.size,
      virtualMs,
      failovers,
      moves: sorted(moves),
      refusals: Object.fromEntries(Object.entries(refusals).toSorted(([, a], [, b]) => b - a)),
      faults: Object.entries(sorted(Object.fromEntries(times))).map(([fault, of]) => ({
        fault,
        count: of.count,
        detected: distribution(of.detected),
        recovered: distribution(of.recovered),
      })),
      broken: Object.values(sorted(Object.fromEntries(rules))).map((rule) => ({
        ...rule,
        seeds: rule.seeds.toSorted((a, b) => a.seed - b.seed),
      })),
      digest: digestOf(digests),
    }),
  };
}

function distribution(values: readonly number[]): Distribution {
  return {
    count: values.length,
    p50Ms: percentile(values, 0.5),
    p90Ms: percentile(values, 0.9),
    p99Ms: percentile(values, 0.99),
    maxMs: percentile(values, 1),
  };
}

function digestOf(digests: ReadonlyMap<number, string>): string {
  const hash = createHash('sha256');
  for (const [seed, digest] of [...digests].toSorted(([a], [b]) => a - b)) hash.update(`${seed} ${digest}\n`);
  return hash.digest('hex').slice(0, 16);
}

function sorted<T>(of: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(of).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
