import type { FleetVerdict, NodeVerdict } from '../decision.ts';
import type { Reason } from '../outcome.ts';
import type { Thresholds } from '../settings.ts';
import type { Snapshot } from '../snapshot.ts';

/** Answers that arrive and are wrong: what a bad release looks like, as opposed to a dead machine. */
const wrongAnswers: ReadonlySet<Reason> = new Set<Reason>([
  'assertion-failed',
  'invalid-json',
  'invalid-utf8',
  'wrong-model',
  'wrong-answer',
  'garbage-answer',
  'status-5xx',
  'no-tokens',
  'no-finish-reason',
  'engine-error',
]);

/**
 * Whether the nodes fail together. Half or more of all nodes, over several zones, at once is no node's fault: a bad
 * release, a wrong probe, too much load, or this side's own eyes. Nothing may be replaced then
 * (docs/facts.md, the order of decision).
 */
export function fleetVerdict(snapshot: Snapshot, nodes: NodeVerdict[], thresholds: Thresholds): FleetVerdict {
  // One that nobody has asked yet, or lately, is not one that is well; nor is one that failed when it was asked at last: while a
  // generation hangs, nobody tells of it.
  const unheard = (n: NodeVerdict) => n.seeing === 0 && n.failing !== null;
  const total = nodes.filter((n) => n.verdict !== 'starting' && (n.seeing > 0 || unheard(n))).length;
  const widespread = (matching: NodeVerdict[]) =>
    matching.length > 0 &&
    matching.length >= thresholds.fleetShare * total &&
    (new Set(matching.map((n) => n.zone)).size > 1 || new Set(nodes.map((n) => n.zone)).size === 1) &&
    (matching.length > 1 || total === 1);
  const verdict = (name: FleetVerdict['verdict'], affected: number, because: string): FleetVerdict => ({
    verdict: name,
    because,
    affected,
    total,
  });
  if (nodes.length > 0 && nodes.every((n) => n.seeing === 0))
    return verdict('unknown', 0, 'nobody could ask any node lately');
  if (total === 0) return verdict('unknown', 0, 'there is no node to judge');

  const wrong = nodes.filter((n) => n.class === 'misconfigured');
  if (widespread(wrong))
    return verdict(
      'wrong-probe',
      wrong.length,
      `${wrong.length} of ${total} nodes reject the probe itself: ${wrong[0]?.detail}`,
    );
  const full = nodes.filter((n) => n.class === 'saturated');
  if (widespread(full))
    return verdict(
      'overloaded',
      full.length,
      `${full.length} of ${total} nodes say that they are full: ${full[0]?.detail}`,
    );

  const bad = nodes.filter((n) => n.suspect || n.verdict === 'failing' || n.verdict === 'dead' || unheard(n));
  if (!widespread(bad)) return verdict('normal', bad.length, `${bad.length} of ${total} nodes are failing`);
  if (bad.filter((n) => wrongAnswers.has(n.reason)).length > bad.length / 2) {
    return verdict(
      'bad-release',
      bad.length,
      `${bad.length} of ${total} nodes answer wrongly at once: ${bad[0]?.detail}`,
    );
  }
  const own = snapshot.regions.find((r) => r.region === snapshot.cell);
  // While some nodes answer from here as well, that the endpoint does is no news.
  const seenHealthy =
    bad.length === total && own?.outside.some((o) => o.state === 'healthy' && o.from !== snapshot.cell);
  return seenHealthy
    ? verdict(
        'suspect-vantage',
        bad.length,
        `${bad.length} of ${total} nodes look dead from here, but another region reaches this region's endpoint`,
      )
    : verdict(
        'failing-everywhere',
        bad.length,
        `${bad.length} of ${total} nodes fail at once, in ${plural(new Set(bad.map((n) => n.zone)).size)}: ${bad[0]?.detail}`,
      );
}

const plural = (zones: number) => (zones === 1 ? 'the only zone' : `${zones} zones`);
