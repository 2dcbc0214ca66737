import type { NodeId, NodeLifecycle, ZoneName } from '@evac/core';
import { nodeId } from '@evac/core';
import { type CloudContext, makeId } from './context.ts';

export interface Instance {
  id: NodeId;
  zone: ZoneName;
  /** `detached` runs on outside of its group. A terminated instance is not listed any more. */
  lifecycle: Exclude<NodeLifecycle, 'terminated'> | 'detached';
  launchedAt: number;
  /** Empty and 0 until it listens. */
  host: string;
  port: number;
  protected: boolean;
}

/** A region's machines. */
export interface RegionMachines {
  start(machine: { zone: ZoneName; node: NodeId; loadMs: number }): Promise<{ host: string; port: number }>;
  stop(node: NodeId): Promise<void>;
}

interface Launch {
  zone: ZoneName;
  bootMs: number;
  loadMs: number;
  launchedAt: number;
  onListening(instance: Instance): void;
  onFailed(instance: Instance): void;
}

/** EC2 in one region: instances boot, listen and end, and each zone may run out of capacity. */
export interface Compute {
  hasCapacity(zone: ZoneName): boolean;
  setCapacity(zone: ZoneName, left: number | null): void;
  /** The caller has asked {@link hasCapacity}. `settled` ends when it listens, has failed or was ended before. */
  launch(launch: Launch): { instance: Instance; settled: Promise<void> };
  /** Stops the machine after it drained for `drainMs`; then it is gone from the list. */
  end(instance: Instance, drainMs: number): void;
  instance(node: NodeId): Instance | null;
  instances(): Instance[];
}

export function createCompute(
  context: CloudContext,
  machines: RegionMachines,
  onGone: (node: NodeId) => void,
): Compute {
  const instances = new Map<NodeId, Instance>();
  const capacity = new Map<ZoneName, number>();

  async function boot(instance: Instance, launch: Launch): Promise<void> {
    const { id: node, zone } = instance;
    if (launch.bootMs > 0) await context.clock.sleep(launch.bootMs, context.stopped);
    if (instance.lifecycle !== 'pending') return;
    const address = await machines.start({ zone, node, loadMs: launch.loadMs });
    if (instance.lifecycle !== 'pending' || context.stopped.aborted) return machines.stop(node);
    instance.host = address.host;
    instance.port = address.port;
    instance.lifecycle = 'in-service';
    const text = `${node} listens on ${address.host}:${address.port}`;
    context.emit({ kind: 'node-listening', zone, node, text });
    launch.onListening(instance);
  }

  function gone({ id: node, zone }: Instance, why: string): void {
    instances.delete(node);
    onGone(node);
    context.emit({ kind: 'node-terminated', zone, node, text: `${node} ${why}` });
  }

  async function stop(instance: Instance): Promise<void> {
    // One that never listened has no machine, or its boot will stop it.
    const why = await (instance.port > 0 ? machines.stop(instance.id) : Promise.resolve()).then(
      () => 'terminated',
      (error: unknown) => `terminated, its machine not cleanly: ${error}`,
    );
    gone(instance, why);
  }

  return {
    hasCapacity: (zone) => (capacity.get(zone) ?? 1) > 0,
    setCapacity(zone, left) {
      if (left === null) capacity.delete(zone);
      else capacity.set(zone, left);
    },
    launch(launch) {
      const { zone, launchedAt } = launch;
      const left = capacity.get(zone);
      if (left !== undefined) capacity.set(zone, left - 1);
      const id = nodeId(makeId(context.random, 'i-', 17));
      const start = {
        id,
        zone,
        lifecycle: 'pending',
        launchedAt,
        host: '',
        port: 0,
        protected: false,
      } as const;
      const instance: Instance = { ...start };
      instances.set(id, instance);
      context.emit({ kind: 'node-launched', zone, node: id, text: `${id} launched in ${zone}` });
      const settled = boot(instance, launch).catch((error: unknown) => {
        if (context.stopped.aborted || instance.lifecycle !== 'pending') return;
        gone(instance, `failed to start: ${error}`);
        launch.onFailed(instance);
      });
      return { instance, settled };
    },
    end(instance, drainMs) {
      if (instance.lifecycle === 'terminating') return;
      instance.lifecycle = 'terminating';
      context.after(drainMs, () => void stop(instance));
    },
    instance: (node) => instances.get(node) ?? null,
    instances: () => [...instances.values()],
  };
}
