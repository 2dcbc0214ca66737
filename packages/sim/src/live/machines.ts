import type { NodeId } from '@evac/core';
import type { CloudSpec, Machines } from '../cloud/cloud.ts';
import { type ActiveFault, ailmentsAt, type Place } from '../fault/strike.ts';
import { seededRandom } from '../random.ts';
import { type Addresses, isInUse } from './addresses.ts';
import { type InferenceNode, startNode } from './node/server.ts';

/** The machines of a world: every node a server of its own, under the faults that strike its place. */
export interface LiveMachines extends Machines {
  /** Makes every node what the faults say. */
  reflect(active: readonly ActiveFault[]): Promise<void>;
}

export interface MachineOptions {
  regions: CloudSpec['regions'];
  model: string;
  /** The service's port, which every node takes if it can. */
  port: number;
  scale: number;
  seed: number;
  addresses: Addresses;
  faults: () => readonly ActiveFault[];
}

export function createMachines(options: MachineOptions): LiveMachines {
  const { regions, model, port, scale, seed, addresses, faults } = options;
  const machines = new Map<NodeId, { node: InferenceNode; place: Place; host: string }>();
  let launched = 0;

  return {
    async start({ region, zone, node: id, loadMs }) {
      const regionIndex = regions.findIndex((r) => r.name === region);
      const zoneIndex = regions[regionIndex]?.zones.findIndex((z) => z.name === zone) ?? 0;
      const host = addresses.takeNode(regionIndex, zoneIndex);
      const random = seededRandom(seed * 1_000 + ++launched);
      const boot = (at: number) => startNode({ id, model, host, port: at, loadMs, scale, random });
      // Without addresses of their own nodes cannot share a port; and another program may hold this one.
      const node = await boot(addresses.aliases ? port : 0).catch((error: unknown) => {
        if (isInUse(error)) return boot(0);
        throw error;
      });
      const place = { region, zone, node: id };
      machines.set(id, { node, place, host });
      await node.afflict(ailmentsAt(faults(), place));
      return { host: node.host, port: node.port };
    },
    async stop(id) {
      const machine = machines.get(id);
      if (!machine) return;
      machines.delete(id);
      await machine.node.stop();
      addresses.release(machine.host);
    },
    async reflect(active) {
      const all = [...machines.values()];
      await Promise.all(all.map(({ node, place }) => node.afflict(ailmentsAt(active, place))));
    },
  };
}
