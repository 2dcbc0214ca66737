import type { NodeId, ZoneName, ZoneRound } from '@evac/core';
import type { CaseWorld, NodeChange } from './case-world.ts';
import { isBad, lastsMs } from './node-health.ts';
import { homeOf } from './places.ts';

const interval = 5_000;
const kept = 12;
/** Generations are asked every 30 s: in every sixth round. */
const deepEvery = 6;

export interface Viewed {
  node: NodeId;
  zone: ZoneName;
  /** Each inside vantage that has reported lately, and what it sees. */
  views: NodeChange[];
}

/** Twelve rounds that agree with the nodes' states, but where the case says what a zone's outcomes were. */
export function roundsOf(world: CaseWorld, nodes: Viewed[], now: number): ZoneRound[] {
  const anyTraffic = Object.values(world.zones ?? {}).some((z) => z.traffic);
  return Array.from({ length: kept }, (_, k) => now - (kept - k) * interval).flatMap((at, k) =>
    homeOf(world).zones.flatMap(({ letter, name }) => {
      const given = world.zones?.[letter];
      const here = nodes.filter((n) => n.zone === name);
      const probed =
        given?.failed === undefined ? asSeen(here, name, at, k, now) : shared(here, name, at, k, given);
      const { requests, failed } = given?.traffic ?? { requests: 100, failed: 0 };
      const latencyMs = probed.latencyMs === null ? null : (given?.latency ?? probed.latencyMs);
      const traffic: ZoneRound = {
        zone: name,
        source: 'traffic',
        at,
        total: requests,
        failed: Math.round(requests * failed),
        nodes: 0,
        affected: [],
        latencyMs: null,
      };
      return [...(probed.total > 0 ? [{ ...probed, latencyMs }] : []), ...(anyTraffic ? [traffic] : [])];
    }),
  );
}

/** Only answers and failures count, as in production: a full, starting or wrongly asked node says nothing. */
function asSeen(here: Viewed[], zone: ZoneName, at: number, k: number, now: number): ZoneRound {
  const outcomes = here.flatMap(({ node, views }) =>
    views.flatMap((view) => {
      const failing = isBad(view) && at >= now - lastsMs(view);
      if (['saturated', 'starting', 'misconfigured', 'unknown'].includes(view.state)) return [];
      if (view.check !== 'deep') return [{ node, failed: failing }];
      const generation = k % deepEvery === deepEvery - 1 ? [{ node, failed: failing }] : [];
      return [{ node, failed: false }, ...generation];
    }),
  );
  const failed = outcomes.filter((o) => o.failed);
  return {
    zone,
    source: 'probe',
    at,
    total: outcomes.length,
    failed: failed.length,
    nodes: new Set(outcomes.map((o) => o.node)).size,
    affected: [...new Set(failed.map((o) => o.node))],
    latencyMs: failed.length < outcomes.length ? 12 : null,
  };
}

/** A share of the outcomes of the last rounds, spread evenly, over all of the zone's nodes unless it names some. */
function shared(
  here: Viewed[],
  zone: ZoneName,
  at: number,
  k: number,
  { failed: share = 0, rounds = kept, affected }: NonNullable<CaseWorld['zones']>[string],
): ZoneRound {
  const total = here.reduce((sum, n) => sum + n.views.length, 0);
  const upTo = (n: number) => Math.floor(share * total * n);
  const failed = k >= kept - rounds ? upTo(k + 1) - upTo(k) : 0;
  const struck = here.map((n) => n.node).filter((n) => affected === undefined || affected.includes(n));
  return {
    zone,
    source: 'probe',
    at,
    total,
    failed,
    nodes: here.length,
    affected: failed > 0 ? struck : [],
    latencyMs: failed < total ? 12 : null,
  };
}
