import type { Fleet, NodeFact, NodeId, ZoneName } from '@evac/core';
import { PortError } from '@evac/core';
import type { Compute, Instance } from './compute.ts';
import { type CloudContext, mustBeService } from './context.ts';
import { scaleInVictim, zonesToTry, zoneToFill } from './placement.ts';

/** How long Auto Scaling waits before it tries again what failed, and before it evens out its zones. */
const retryMs = 15_000;
const rebalanceMs = 15_000;

export interface GroupSpec {
  name: string;
  zones: ZoneName[];
  min: number;
  max: number;
  bootMs: number;
  loadMs: number;
}

/** What the group asks of the load balancer. */
export interface GroupTargets {
  register(instance: Instance): void;
  /** Returns how long the node drains, in ms. */
  drain(node: NodeId): number;
}

export interface SimulatedGroup {
  port: Fleet;
  /** The first nodes: they boot and load in no time. */
  fill(nodesPerZone: number, launchedAt: number): Promise<void>;
  desired(): number;
  suspended(): string[];
}

/**
 * An Auto Scaling group with EC2 health checks: it replaces what was terminated, never what answers badly. Its own
 * work (replacing, scaling, AZRebalance) goes on whatever the port is asked.
 */
export function createGroup(
  context: CloudContext,
  spec: GroupSpec,
  compute: Compute,
  targets: GroupTargets,
): SimulatedGroup {
  const { clock, scale } = context;
  const launched = new Map<string, { node: NodeId; zone: ZoneName }>();
  const suspended = new Set<string>();
  const waiting = new Set<() => void>();
  let zones = spec.zones;
  let desired = 0;
  /** AZRebalance's own launch, one above the desired capacity until it listens: then the fullest zone loses one. */
  let moving: NodeId | null = null;

  const live = () => compute.instances().filter(isLive);

  /** Runs after a delay, once however often it is asked for meanwhile. */
  function later(ms: number, run: () => void): void {
    if (waiting.has(run)) return;
    waiting.add(run);
    context.after(ms * scale, () => {
      waiting.delete(run);
      run();
    });
  }

  function launchIn(zone: ZoneName): Instance {
    const { bootMs, loadMs } = spec;
    return compute.launch({ zone, bootMs, loadMs, launchedAt: clock.now(), onListening, onFailed }).instance;
  }

  function onListening(instance: Instance): void {
    targets.register(instance);
    if (moving === instance.id) moving = null;
    converge();
  }

  function onFailed(instance: Instance): void {
    if (moving === instance.id) moving = null;
    later(retryMs, converge);
  }

  function retire(instance: Instance): void {
    compute.end(instance, targets.drain(instance.id));
  }

  /** Makes the number of nodes the desired one; a lost node is replaced in its zone unless that has no capacity. */
  function converge(lostIn: ZoneName | null = null): void {
    const wanted = desired + (moving ? 1 : 0);
    while (live().length < wanted) {
      const zone = zonesToTry(zones, live(), lostIn).find(compute.hasCapacity);
      if (zone === undefined) {
        later(retryMs, converge);
        return;
      }
      launchIn(zone);
    }
    while (live().length > wanted) {
      const victim = scaleInVictim(zones, live());
      if (!victim) break;
      retire(victim);
    }
    later(rebalanceMs, rebalance);
  }

  function rebalance(): void {
    const nodes = live();
    if (suspended.has('AZRebalance') || moving || nodes.some((n) => n.lifecycle === 'pending')) return;
    const zone = zoneToFill(zones, nodes);
    if (zone !== null && compute.hasCapacity(zone)) moving = launchIn(zone).id;
  }

  function mustBeGroup(name: string): void {
    if (name === spec.name) return;
    throw new PortError(
      'not-found',
      `no Auto Scaling group named ${name} in this region: it is ${spec.name}`,
    );
  }

  function mustBeZone(zone: ZoneName, allowed: ZoneName[]): void {
    if (allowed.includes(zone)) return;
    throw new PortError('invalid', `${zone} is not a zone of ${spec.name}: it has ${allowed.join(', ')}`);
  }

  function mustBeSize(size: number): void {
    if (!Number.isInteger(size)) throw new PortError('invalid', `a capacity is a whole number, not ${size}`);
    if (size >= spec.min && size <= spec.max) return;
    const bounds = `${spec.name} has a minimum of ${spec.min} and a maximum of ${spec.max}`;
    throw new PortError('at-limit', `${bounds}: its desired capacity cannot be ${size}`);
  }

  /** Takes a node of the group out by `act`; one that is gone is no error, and never lowers the capacity twice. */
  function takeOut(ask: { node: NodeId; decrement: boolean }, act: (instance: Instance) => void): void {
    const instance = compute.instance(ask.node);
    if (!instance || !isLive(instance)) return;
    if (ask.decrement) {
      mustBeSize(desired - 1);
      desired -= 1;
    }
    act(instance);
    converge(instance.zone);
  }

  const port: Fleet = {
    async describe({ service }) {
      mustBeService(context, service);
      const { name, min, max } = spec;
      const group = { name, desired, min, max, zones: [...zones], suspended: [...suspended] };
      return { groups: [group], nodes: compute.instances().flatMap((i) => nodeFact(name, i)) };
    },
    async launch({ group, zone, token }) {
      mustBeGroup(group);
      const known = launched.get(token);
      if (known && known.zone === zone) return { node: known.node };
      if (known) throw new PortError('invalid', `token ${token} was used to launch into ${known.zone}`);
      mustBeZone(zone, zones);
      mustBeSize(desired + 1);
      if (!compute.hasCapacity(zone)) {
        throw new PortError('no-capacity', `InsufficientInstanceCapacity: ${zone} has no capacity left now`);
      }
      desired += 1;
      const { id: node } = launchIn(zone);
      launched.set(token, { node, zone });
      return { node };
    },
    async terminate(ask) {
      takeOut(ask, retire);
    },
    async keep(ask) {
      takeOut(ask, (instance) => {
        instance.lifecycle = 'detached';
        targets.drain(instance.id);
      });
    },
    async suspend({ group, process }) {
      mustBeGroup(group);
      suspended.add(process);
    },
    async resume({ group, process }) {
      mustBeGroup(group);
      suspended.delete(process);
      later(rebalanceMs, rebalance);
    },
    async setZones(ask) {
      mustBeGroup(ask.group);
      if (ask.zones.length === 0) throw new PortError('invalid', `${spec.name} needs at least one zone`);
      for (const zone of ask.zones) mustBeZone(zone, spec.zones);
      zones = spec.zones.filter((zone) => ask.zones.includes(zone));
      later(rebalanceMs, rebalance);
    },
    async setDesired(ask) {
      mustBeGroup(ask.group);
      mustBeSize(ask.desired);
      desired = ask.desired;
      converge();
    },
  };

  return {
    port,
    desired: () => desired,
    suspended: () => [...suspended],
    async fill(nodesPerZone, launchedAt) {
      desired = nodesPerZone * zones.length;
      const instant = { bootMs: 0, loadMs: 0, launchedAt, onListening, onFailed };
      const places = zones.flatMap((zone) => Array.from({ length: nodesPerZone }, () => zone));
      await Promise.all(places.map((zone) => compute.launch({ ...instant, zone }).settled));
      const missing = desired - live().filter((i) => i.lifecycle === 'in-service').length;
      if (missing > 0)
        throw new Error(`${missing} of the first ${desired} nodes of ${spec.name} did not start`);
    },
  };
}

function isLive(instance: Instance): boolean {
  return instance.lifecycle === 'pending' || instance.lifecycle === 'in-service';
}

function nodeFact(group: string, instance: Instance): NodeFact[] {
  const { lifecycle, ...rest } = instance;
  return lifecycle === 'detached' ? [] : [{ ...rest, lifecycle, group }];
}
