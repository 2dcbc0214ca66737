import type {
  CloudPorts,
  NodeId,
  PortErrorCode,
  RegionName,
  ServiceName,
  ZoneId,
  ZoneName,
} from '@evac/core';
import { expect } from 'vitest';

type PortName = keyof CloudPorts;

/** One region as its own cell sees it, through the ports that a contract is about. */
export interface ContractRegion<Ports extends PortName = PortName> {
  name: RegionName;
  ports: Pick<CloudPorts, Ports>;
  zones: { name: ZoneName; id: ZoneId }[];
}

/**
 * A world that any implementation of the ports can offer: two regions, the first with weight 100 and the second a
 * standby of weight 0. The first has one group: three zones of two nodes, a minimum of 2, a maximum of 8.
 */
export interface ContractWorld<Ports extends PortName = PortName> {
  service: ServiceName;
  home: ContractRegion<Ports>;
  away: ContractRegion<Ports>;
  /** About what one health check takes, in ms: the grain of this world's time. */
  unitMs: number;
  /** The bounds of a zonal shift's duration. */
  shift: { minMs: number; maxMs: number };
  now(): number;
  pass(ms: number): Promise<void>;
  /** Leaves a zone of home without capacity for new nodes, or with plenty. */
  setCapacity(zone: ZoneName, plenty: boolean): Promise<void>;
  /** Whether a node answers the balancer's health checks; all do at first. */
  setAnswering(node: NodeId, ok: boolean): Promise<void>;
  /** Whether commands reach a node; all can be reached at first. */
  setReachable(node: NodeId, ok: boolean): Promise<void>;
  /** How often a node's server was started anew. */
  restarts(node: NodeId): Promise<number>;
  /** One client's request to home, as the balancer counts it. */
  request(ask: { zone: ZoneName; ok: boolean; latencyMs: number }): Promise<void>;
  close(): Promise<void>;
}

export type MakeWorld<Ports extends PortName = PortName> = () => Promise<ContractWorld<Ports>>;

/** Lets time pass until `check` finds something, and returns it. Fails after 600 units. */
export async function until<T>(
  world: Pick<ContractWorld, 'now' | 'pass' | 'unitMs'>,
  what: string,
  check: () => Promise<T | null | undefined | false>,
): Promise<T> {
  const deadline = world.now() + 600 * world.unitMs;
  for (;;) {
    const found = await check();
    if (found !== null && found !== undefined && found !== false) return found;
    if (world.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await world.pass(world.unitMs);
  }
}

/** Expects a PortError of this code, with a sentence. */
export async function refused(call: Promise<unknown>, code: PortErrorCode): Promise<void> {
  await expect(call).rejects.toMatchObject({
    name: 'PortError',
    code,
    message: expect.stringMatching(/\w+ \w+/),
  });
}
