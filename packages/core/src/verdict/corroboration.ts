import type { NodeId, VantageId } from '../ids.ts';
import type { ZoneRound } from '../snapshot.ts';

/** Of some requests, how many there were and how many failed. */
export interface Count {
  total: number;
  failed: number;
}

/** A zone is several times likelier to fail than the rest, or it shares the rest's trouble: zones take a burst unevenly. */
const oddsThatMatter = 8;

/** Whether so many more fail here than elsewhere that it matters, in shares and in odds. */
export function exceeds(a: Count, b: Count, minEffect: number): boolean {
  const [share, rest] = [a.failed / a.total, b.failed / b.total];
  return share - rest >= minEffect && share * (1 - rest) >= oddsThatMatter * rest * (1 - share);
}

/**
 * One vantage's path to a zone may be what is broken. Where several have asked, what they saw must hold without the one
 * that complains most.
 */
export function corroborated(here: ZoneRound[], rest: ZoneRound[], minEffect: number): boolean {
  const seers = bySeer(here);
  if (seers.size < 2) return true;
  const loudest = loudestOf(seers);
  const without = (counts: Map<VantageId, Count>) =>
    sum([...counts].filter(([v]) => v !== loudest).map(([, c]) => c));
  const [a, b] = [without(seers), without(bySeer(rest))];
  return a.total > 0 && b.total > 0 && exceeds(a, b, minEffect);
}

function bySeer(rounds: ZoneRound[]): Map<VantageId, Count> {
  const parts = rounds.flatMap((r) => r.seen ?? []);
  return new Map([...Map.groupBy(parts, (p) => p.vantage)].map(([vantage, of]) => [vantage, sum(of)]));
}

const loudestOf = (seers: Map<VantageId, Count>): VantageId | undefined =>
  [...seers].toSorted(([, a], [, b]) => b.failed - a.failed)[0]?.[0];

/** Those that failed others than the vantage that complains most; null where only one has asked, or nobody says. */
export function affectedToOthers(here: ZoneRound[]): Set<NodeId> | null {
  const parts = here.flatMap((r) => r.seen ?? []);
  const seers = bySeer(here);
  // Items of older versions do not say.
  if (seers.size < 2 || parts.some((p) => p.failed > 0 && !p.affected)) return null;
  const loudest = loudestOf(seers);
  return new Set(parts.flatMap((p) => (p.vantage === loudest ? [] : (p.affected ?? []))));
}

export function sum(counts: readonly Count[]): Count {
  const all = { total: 0, failed: 0 };
  for (const { total, failed } of counts) {
    all.total += total;
    all.failed += failed;
  }
  return all;
}
