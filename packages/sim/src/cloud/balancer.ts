import type { Balancer, NodeId, TargetFact, TargetState, ZoneName } from '@evac/core';
import { PortError } from '@evac/core';
import { type CloudContext, mustBeService } from './context.ts';
import { createTraffic, type Traffic } from './traffic.ts';

/** A running instance as the balancer may register it. */
export interface Listening {
  zone: ZoneName;
  host: string;
}

/** Where a new request may go. */
export interface Route {
  node: NodeId;
  zone: ZoneName;
  host: string;
  port: number;
}

interface RegisteredTarget extends Route {
  state: 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unhealthy.draining';
  /** Results in a row that contradict the state. */
  contrary: number;
}

export interface BalancerSpec {
  targetGroup: string;
  deregistrationDelayMs: number;
  /** Results in a row that change a state. */
  threshold: number;
  bucketMs: number;
}

export interface SimulatedBalancer {
  port: Balancer;
  count: Traffic['count'];
  /** Auto Scaling registers what came in service. */
  add(route: Route): void;
  /** Auto Scaling deregisters what it ends; returns how long its connections may still drain. */
  drain(node: NodeId): number;
  /** A terminated instance leaves every target group. */
  forget(node: NodeId): void;
  report(node: NodeId, ok: boolean): void;
  routable(isShifted: (zone: ZoneName) => boolean): Route[];
  state(node: NodeId): TargetState;
}

/**
 * One load balancer with one target group. The first good check makes a new target healthy; after that it takes
 * `threshold` results in a row to change its state. When no registered target in a zone still in use is healthy, all of
 * them get traffic (fail open).
 */
export function createBalancer(
  context: CloudContext,
  spec: BalancerSpec,
  lookup: (node: NodeId) => Listening | null,
): SimulatedBalancer {
  const targets = new Map<string, RegisteredTarget>();
  const traffic = createTraffic(context.clock, spec.bucketMs);
  const ofNode = (node: NodeId) => [...targets.values()].filter((t) => t.node === node);

  function mustBeTargetGroup(name: string): void {
    if (name === spec.targetGroup) return;
    throw new PortError(
      'not-found',
      `no target group named ${name} in this region: it is ${spec.targetGroup}`,
    );
  }

  function announce({ node, zone }: RegisteredTarget, before: TargetState, after: TargetState): void {
    context.emit({ kind: 'target-state', zone, node, text: `${node} is ${after} (was ${before})` });
  }

  function change(target: RegisteredTarget, state: RegisteredTarget['state']): void {
    announce(target, target.state, state);
    target.state = state;
    target.contrary = 0;
  }

  function register(route: Route): void {
    const known = targets.get(key(route));
    if (known && !isDraining(known)) return;
    const target: RegisteredTarget = { ...route, state: 'initial', contrary: 0 };
    // A new object: the timer of a drain that was under way holds the old one and finds it replaced.
    targets.set(key(route), target);
    announce(target, known?.state ?? 'unused', 'initial');
  }

  function deregister(target: RegisteredTarget): void {
    if (isDraining(target)) return;
    change(target, target.state === 'unhealthy' ? 'unhealthy.draining' : 'draining');
    context.after(spec.deregistrationDelayMs, () => remove(target));
  }

  function remove(target: RegisteredTarget): void {
    if (targets.get(key(target)) !== target) return;
    targets.delete(key(target));
    announce(target, target.state, 'unused');
  }

  function report(target: RegisteredTarget, ok: boolean): void {
    if (isDraining(target)) return;
    const wanted = ok ? 'healthy' : 'unhealthy';
    target.contrary = target.state === wanted ? 0 : target.contrary + 1;
    const enough = target.state === 'initial' && ok ? 1 : spec.threshold;
    if (target.contrary >= enough) change(target, wanted);
  }

  const port: Balancer = {
    async health({ service }) {
      mustBeService(context, service);
      return [...targets.values()].map(
        ({ node, port, zone, state }): TargetFact => ({
          targetGroup: spec.targetGroup,
          node,
          port,
          zone,
          state,
        }),
      );
    },
    async deregister({ targetGroup, node, port }) {
      mustBeTargetGroup(targetGroup);
      const target = targets.get(key({ node, port }));
      if (target) deregister(target);
    },
    async register({ targetGroup, node, port }) {
      mustBeTargetGroup(targetGroup);
      const instance = lookup(node);
      if (!instance)
        throw new PortError('invalid', `${node} cannot be registered: it is not a running instance`);
      register({ node, port, ...instance });
    },
    async traffic({ service, since }) {
      mustBeService(context, service);
      return traffic.rounds(since);
    },
  };

  return {
    port,
    count: traffic.count,
    add: register,
    drain(node) {
      const live = ofNode(node);
      for (const target of live) deregister(target);
      return live.length > 0 ? spec.deregistrationDelayMs : 0;
    },
    forget(node) {
      for (const target of ofNode(node)) remove(target);
    },
    report(node, ok) {
      for (const target of ofNode(node)) report(target, ok);
    },
    routable(isShifted) {
      const open = [...targets.values()].filter((t) => !isDraining(t) && !isShifted(t.zone));
      const healthy = open.filter((t) => t.state === 'healthy');
      return (healthy.length > 0 ? healthy : open).map(({ node, zone, host, port }) => ({
        node,
        zone,
        host,
        port,
      }));
    },
    state: (node) => ofNode(node)[0]?.state ?? 'unused',
  };
}

function key({ node, port }: { node: NodeId; port: number }): string {
  return `${node}:${port}`;
}

function isDraining(target: RegisteredTarget): boolean {
  return target.state === 'draining' || target.state === 'unhealthy.draining';
}
