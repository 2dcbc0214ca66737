import { checksToConfirm, foldHealth, type Health, newHealth, type Outcome } from '@evac/core';
import { good } from './answer.ts';
import type { Place, PlaceNode } from './place.ts';
import { intervalMs, secondMs } from './world.ts';

/** A node that somebody has had, or may have, trouble with: its outcomes are folded one by one. All by vantage. */
interface Followed {
  healths: Health[];
  startedAt: number[];
  /** Until when its last question is under way. */
  busyUntil: number[];
}

/** Who is looked at one by one, and what the product knows of everybody. */
export interface Following {
  readonly size: number;
  /** Of a zone. */
  count(zone: number): number;
  follow(node: PlaceNode | undefined): void;
  /** Those with whom nothing has been wrong for a window's length are followed no more. */
  leaveTheWell(begin: number): void;
  /** Whom a vantage asks now: packages/probe/src/due.ts. */
  due(vantage: number, now: number): PlaceNode[];
  asked(node: PlaceNode, vantage: number, from: number, to: number): void;
  /** False if the zone has nothing to learn from it: a repetition, or a node that is starting. */
  fold(node: PlaceNode, vantage: number, outcome: Outcome): boolean;
  health(): Health[];
  /** Some outcome is not good. */
  readonly amiss: boolean;
  readonly starting: boolean;
  /** Nodes that are not in order for somebody, by zone. */
  troubled(): number[];
}

export function createFollowing(
  place: Place,
  heardAt: readonly number[],
  latency: (zone: number) => number,
): Following {
  const { service, vantages } = place;
  const everyNode = place.nodes.flat();
  const lasting = wellForLong(place);
  const followed = new Map<PlaceNode, Followed>();
  const perZone = place.zones.map(() => 0);
  const isOk = (h: Health) => h.state === 'healthy' && h.checks.shallow?.lastClass === 'ok';
  const some = (condition: (health: Health) => boolean) =>
    followed.values().some(({ healths }) => healths.some(condition));

  /** As foldHealth makes it of good answers only, the last of them at `at`. */
  function wellSince(node: PlaceNode, vantage: Health['vantage'], at: number): Health {
    const { shallow } = lasting.checks;
    if (!shallow) throw new Error('a health without a check');
    const check = { ...shallow, lastAt: at, latencyMs: latency(node.zone) };
    return { ...lasting, target: node.target.id, vantage, checks: { shallow: check } };
  }

  return {
    get size() {
      return followed.size;
    },
    count: (zone) => perZone[zone] ?? 0,
    follow(node) {
      if (!node || followed.has(node)) return;
      perZone[node.zone] = (perZone[node.zone] ?? 0) + 1;
      followed.set(node, {
        healths: vantages.map((v, i) => wellSince(node, v.id, heardAt[i] ?? 0)),
        startedAt: [...heardAt],
        busyUntil: heardAt.map(() => 0),
      });
    },
    leaveTheWell(begin) {
      const since = begin - (service.thresholds.zoneN + 2) * intervalMs;
      for (const [node, { healths, busyUntil }] of followed) {
        if (!healths.every((h) => isOk(h) && h.startingSince <= since)) continue;
        if (busyUntil.some((until) => until >= begin)) continue;
        followed.delete(node);
        perZone[node.zone] = (perZone[node.zone] ?? 0) - 1;
      }
    },
    due(vantage, now) {
      let confirmations = Math.ceil(everyNode.length / 10);
      return [...followed].flatMap(([node, { healths, startedAt, busyUntil }]) => {
        const health = healths[vantage];
        if (!health || (busyUntil[vantage] ?? 0) > now) return [];
        const since = now - (startedAt[vantage] ?? 0);
        const inDoubt = since >= secondMs / 2 && checksToConfirm(health, service).length > 0;
        if (inDoubt && confirmations > 0) {
          confirmations--;
          return [node];
        }
        return since >= intervalMs - secondMs / 2 ? [node] : [];
      });
    },
    asked(node, vantage, from, to) {
      const one = followed.get(node);
      if (!one) return;
      one.startedAt[vantage] = from;
      one.busyUntil[vantage] = to;
    },
    fold(node, vantage, outcome) {
      const one = followed.get(node);
      const before = one?.healths[vantage];
      if (!one || !before) return false;
      const after = foldHealth(before, outcome, service);
      one.healths[vantage] = after;
      // As packages/workflow/src/cell/fold.ts has it.
      return after !== before && after.state !== 'starting';
    },
    health: () =>
      everyNode.flatMap(
        (node) =>
          followed.get(node)?.healths ?? vantages.map((v, i) => wellSince(node, v.id, heardAt[i] ?? 0)),
      ),
    get amiss() {
      return some(
        (h) => (h.state !== 'healthy' && h.state !== 'starting') || h.checks.shallow?.lastClass === 'failed',
      );
    },
    get starting() {
      return some((h) => h.state === 'starting');
    },
    troubled() {
      const nodes = place.zones.map(() => 0);
      for (const [{ zone }, { healths }] of followed)
        if (!healths.every(isOk)) nodes[zone] = (nodes[zone] ?? 0) + 1;
      return nodes;
    },
  };
}

function wellForLong({ nodes, vantages: [vantage], service }: Place): Health {
  const [node] = nodes.flat();
  if (!node || !vantage) throw new Error('a place without a node');
  let health = newHealth(node.target.id, vantage.id, 0);
  for (let i = 1; i <= service.thresholds.healthyAfter; i++)
    health = foldHealth(health, good(node, i, 0), service);
  return health;
}
