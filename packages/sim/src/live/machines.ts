import type { NodeId } from '@evac/core';
import type { CloudSpec, Machines } from '../cloud/cloud.ts';
import { type ActiveFault, ailmentsAt, type Place } from '../fault/strike.ts';
import { seededRandom } from '../random.ts';
import { type Addresses, isInUse } from './addresses.ts';
import { type Ailment, processAilments } from './node/ailment.ts';
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
  const machines = new Map<NodeId, Machine>();
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
      const machine = { node, place, host, outlived: new Set<Ailment>() };
      machines.set(id, machine);
      await node.afflict(ailingNow(machine, faults()));
      return { host: node.host, port: node.port };
    },
    async stop(id) {
      const machine = machines.get(id);
      if (!machine) return;
      machines.delete(id);
      await machine.node.stop();
      addresses.release(machine.host);
    },
    async restart({ node: id, loadMs }) {
      const machine = machines.get(id);
      if (!machine) throw new Error('there is no such machine');
      const ailing = ailingNow(machine, faults());
      if (ailing.has('isolated')) throw new Error('nothing answers there');
      for (const ailment of ailing) if (processAilments.has(ailment)) machine.outlived.add(ailment);
      await machine.node.restart(ailingNow(machine, faults()), loadMs);
    },
    async reflect(active) {
      const all = [...machines.values()];
      await Promise.all(all.map((machine) => machine.node.afflict(ailingNow(machine, active))));
    },
  };
}

interface Machine {
  node: InferenceNode;
  place: Place;
  host: string;
  /** What struck an earlier process and still holds: the present one does not have it. */
  outlived: Set<Ailment>;
}

/** A fault that was taken off is not outlived any more: put on again, it strikes anew. */
function ailingNow({ place, outlived }: Machine, active: readonly ActiveFault[]): Set<Ailment> {
  const all = ailmentsAt(active, place);
  for (const ailment of outlived) if (!all.delete(ailment)) outlived.delete(ailment);
  return all;
}
