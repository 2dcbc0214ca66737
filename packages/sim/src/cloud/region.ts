import type { CloudPorts, Dns } from '@evac/core';
import { createBalancer, type Route, type SimulatedBalancer } from './balancer.ts';
import type { CloudSpec, CloudView, Machines, RegionSpec } from './cloud.ts';
import { type Compute, createCompute } from './compute.ts';
import type { CloudContext } from './context.ts';
import { createGroup, type SimulatedGroup } from './group.ts';
import { createNotify } from './notify.ts';
import { createRestart } from './restart.ts';
import { createStore } from './store.ts';
import { createSwitchboard } from './switchboard.ts';
import { createZonalShift } from './zonal-shift.ts';

/** One region's services, wired as AWS wires them. */
export interface SimulatedRegion {
  ports: CloudPorts;
  balancer: SimulatedBalancer;
  compute: Compute;
  group: SimulatedGroup;
  routable(): Route[];
  view(): Omit<CloudView['regions'][number], 'weight' | 'answered' | 'name'>;
}

export function createRegion(
  world: CloudContext,
  spec: CloudSpec,
  region: RegionSpec,
  machines: Machines,
  dns: Dns,
): SimulatedRegion {
  const context: CloudContext = {
    ...world,
    emit: (event) => world.emit({ region: region.name, ...event }),
  };
  const zoneNames = region.zones.map((z) => z.name);
  const { bootMs, loadMs } = spec;

  const store = createStore(context.clock);
  const notify = createNotify(context);
  const shift = createZonalShift(context, `balancer-${region.group}`, region.zones);
  const switches = spec.regions.map((r) => r.name);
  const compute = createCompute(
    context,
    {
      start: (machine) => machines.start({ ...machine, region: region.name }),
      stop: (node) => machines.stop(node),
    },
    (node) => balancer.forget(node),
  );
  const balancer = createBalancer(
    context,
    {
      targetGroup: `targets-${region.group}`,
      deregistrationDelayMs: spec.deregistrationDelayMs,
      threshold: spec.balancerThreshold,
      bucketMs: spec.balancerCheckMs,
    },
    (node) => {
      const instance = compute.instance(node);
      const runs = instance?.lifecycle === 'in-service' || instance?.lifecycle === 'detached';
      return runs ? { zone: instance.zone, host: instance.host } : null;
    },
  );
  const group = createGroup(
    context,
    { name: region.group, zones: zoneNames, min: region.min ?? 1, max: region.max, bootMs, loadMs },
    compute,
    {
      register: ({ id: node, zone, host, port }) => balancer.add({ node, zone, host, port }),
      drain: balancer.drain,
    },
  );

  return {
    ports: {
      fleet: group.port,
      balancer: balancer.port,
      zonalShift: shift.port,
      restart: createRestart(context, compute, machines, loadMs),
      dns,
      switch: createSwitchboard(context, region.name, switches).port,
      store: store.port,
      notify: notify.port,
    },
    balancer,
    compute,
    group,
    routable: () => balancer.routable(shift.isShifted),
    view: () => ({
      zones: region.zones.map(({ name, id }) => ({ name, id, shifted: shift.isShifted(name) })),
      nodes: compute.instances().map(({ id, protected: _, ...instance }) => ({
        node: id,
        target: balancer.state(id),
        ...instance,
      })),
      desired: group.desired(),
      suspended: group.suspended(),
      incidents: store.incidents(),
      notifications: notify.sent(),
    }),
  };
}
