import type { Answer } from './answer.ts';
import type { Disturbance } from './disturbance.ts';
import type { Draw } from './draw.ts';
import type { Place, PlaceNode } from './place.ts';
import { intervalMs, type World } from './world.ts';

/** What each node does with each probe: as it is disturbed, and now and then failing for nothing. */
export interface Answering {
  /** Draws which probes of the round fail for nothing; the nodes that they ask. */
  drawRound(begin: number): Iterable<PlaceNode>;
  answer(node: PlaceNode, vantage: number, at: number, active: readonly Disturbance[]): Answer;
  /** How many times longer than its zone's others it takes to answer. */
  slowness(node: PlaceNode, at: number, active: readonly Disturbance[]): number;
  /** No probe fails for nothing before this, ms. */
  readonly quietUntil: number;
}

export function createAnswering(world: World, place: Place, draw: Draw, from: number): Answering {
  const everyNode = place.nodes.flat();
  const vantages = place.vantages.length;
  const meanMs = intervalMs / (world.probeErrors * vantages * everyNode.length);
  let next = from + draw.exponential(meanMs);
  let failing = new Map<PlaceNode, number>();
  return {
    drawRound(begin) {
      failing = new Map();
      for (; next < begin + intervalMs; next += draw.exponential(meanMs)) {
        const node = everyNode[draw.whole(0, everyNode.length - 1)];
        if (node) failing.set(node, draw.whole(0, vantages - 1));
      }
      return failing.keys();
    },
    answer(node, vantage, at, active) {
      if (failing.get(node) === vantage) {
        failing.delete(node);
        return 'refused';
      }
      for (const d of active) {
        if (!concerns(d, node, at) || (d.vantage !== null && d.vantage !== vantage)) continue;
        if (d.loading) return 'loading';
        if (d.probes > 0 && draw.chance(d.probes)) return d.hang ? 'hang' : 'refused';
      }
      return 'ok';
    },
    // Where all of a zone is slow, its usual latency says so already (window.ts).
    slowness: (node, at, active) =>
      active.reduce((times, d) => (d.nodes && concerns(d, node, at) ? times * d.slow : times), 1),
    get quietUntil() {
      return next;
    },
  };
}

function concerns(d: Disturbance, node: PlaceNode, at: number): boolean {
  return d.zone === node.zone && d.from <= at && at < d.to && (d.nodes?.includes(node.index) ?? true);
}
