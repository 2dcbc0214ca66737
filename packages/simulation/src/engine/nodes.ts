import type { Clock, NodeId, Random, RegionName, ZoneName } from '@evac/core';
import type { Ailment, Machines, Place } from '@evac/sim';
import type { Faults } from './faults.ts';

/** One inference server as the scene has it. */
export interface Node {
  id: NodeId;
  region: RegionName;
  zone: ZoneName;
  /** When its model is loaded. */
  readyAt: number;
  place: Place;
}

/** Every server that runs, in whatever state. */
export interface Nodes {
  machines: Machines;
  all(): Iterable<Node>;
  get(id: NodeId): Node | undefined;
  ailing(node: Node): ReadonlySet<Ailment>;
  /** Whether the load balancer's own check passes: it asks /health, which most failures leave alone. */
  passesCheck(node: Node): boolean;
  /** Whether a client's request is answered, this once. */
  serves(node: Node): boolean;
  /** Since when no client should be sent to it; null while it serves. */
  badSince(id: NodeId): number | null;
}

/** What leaves a client without an answer, or with a wrong one. */
const fatal: Ailment[] = [
  'crashed',
  'isolated',
  'hung',
  'stalling',
  'garbled',
  'gpu-error',
  'reloading',
  'starved',
  'misreleased',
];
/** What does so now and then. */
const partly: Partial<Record<Ailment, number>> = { grey: 0.3, overloaded: 2 / 3 };
/** What fails /health too. */
const blunt: Ailment[] = ['crashed', 'isolated', 'reloading', 'starved'];

export function createNodes(faults: Faults, clock: Clock, random: Random): Nodes {
  const nodes = new Map<NodeId, Node>();
  let addresses = 0;
  const has = (node: Node, ailments: Ailment[]) => {
    const ailing = faults.ailing(node.place);
    return ailing.size > 0 && ailments.some((a) => ailing.has(a));
  };
  const fails = (node: Node) => {
    const ailing = faults.ailing(node.place);
    for (const ailment of ailing) {
      const share = partly[ailment];
      if (share !== undefined && random.next() < share) return true;
    }
    return false;
  };
  const machines: Machines = {
    async start({ region, zone, node: id, loadMs }) {
      const readyAt = clock.now() + loadMs;
      nodes.set(id, { id, region, zone, readyAt, place: { region, zone, node: id } });
      addresses += 1;
      return { host: `10.0.${addresses >> 8}.${addresses & 255}`, port: 8000 };
    },
    async stop(id) {
      nodes.delete(id);
    },
    async restart({ node: id, loadMs }) {
      const node = nodes.get(id);
      if (!node) throw new Error('there is no such machine');
      if (has(node, ['isolated'])) throw new Error('nothing answers there');
      faults.restarted(id);
      node.readyAt = clock.now() + loadMs;
    },
  };
  return {
    machines,
    all: () => nodes.values(),
    get: (id) => nodes.get(id),
    ailing: (node) => faults.ailing(node.place),
    passesCheck: (node) =>
      clock.now() >= node.readyAt && !has(node, blunt) && !(has(node, ['grey']) && random.next() < 0.3),
    serves: (node) => clock.now() >= node.readyAt && !has(node, fatal) && !fails(node),
    badSince(id) {
      const node = nodes.get(id);
      if (!node) return Number.NEGATIVE_INFINITY;
      if (clock.now() < node.readyAt) return Number.NEGATIVE_INFINITY;
      if (!has(node, [...fatal, 'grey', 'overloaded'])) return null;
      const around = [node.id, node.zone, node.region, 'world'];
      const since = faults
        .active()
        .filter((f) => around.includes(f.target))
        .map((f) => f.since);
      return Math.min(...since);
    },
  };
}
