import http from 'node:http';
import type { NodeId, RegionName } from '@evac/core';
import type { Cloud } from '../../cloud/cloud.ts';
import { type Door, openDoor, type Reach } from '../door.ts';
import { checkTimeoutMs, every } from '../every.ts';
import { statusOf } from '../get.ts';
import { forward, sendFailure } from './forward.ts';

/** What the balancer needs of the simulated cloud: who is registered, who may be routed to, and where to count. */
export type BalancerCloud = Pick<Cloud, 'view' | 'reportTarget' | 'routable' | 'countRequest'>;

export interface Balancer {
  host: string;
  port: number;
  /** Epoch ms of the last request routed here, and to each node; the region's is null before the first. */
  lastRequestAt: { region: number | null; nodes: ReadonlyMap<NodeId, number> };
  set(reach: Reach): Promise<void>;
  close(): Promise<void>;
}

export interface BalancerOptions {
  region: RegionName;
  host: string;
  port: number;
  checkMs: number;
  /** ALB's idle timeout, 60 s unless set. */
  idleMs: number;
}

/**
 * One region's load balancer, as an Application Load Balancer: checks its targets itself, routes in turn to
 * what the cloud calls routable (healthy, registered, not shifted away; fail-open), lets
 * requests under way finish on targets that are draining, and streams through.
 */
export async function startBalancer(cloud: BalancerCloud, options: BalancerOptions): Promise<Balancer> {
  const { region, checkMs, idleMs } = options;
  const agent = new http.Agent({ keepAlive: true, timeout: 4_000 });
  const nodes = new Map<NodeId, number>();
  const lastRequestAt: Balancer['lastRequestAt'] = { region: null, nodes };
  const turns = new Map<NodeId, number>();
  let turn = 0;

  /** Round robin over targets that come and go: whose turn is longest past. */
  function next() {
    const targets = cloud.routable(region).map((target) => ({ target, last: turns.get(target.node) ?? 0 }));
    const chosen = targets.toSorted((a, b) => a.last - b.last)[0]?.target;
    if (chosen) turns.set(chosen.node, ++turn);
    return chosen;
  }

  const server = http.createServer(async (request, response) => {
    const target = next();
    lastRequestAt.region = Date.now();
    if (!target) {
      sendFailure(response, 503);
      return;
    }
    const { node, zone, host, port } = target;
    nodes.set(node, Date.now());
    const { status, latencyMs } = await forward(request, response, { host, port, agent, idleMs });
    cloud.countRequest(region, zone, status !== null && status < 500, latencyMs);
  });

  const check = async ({ host, port }: { host: string; port: number }) => {
    const at = { host, port, path: '/health', userAgent: 'ELB-HealthChecker/2.0' };
    return (await statusOf(at, checkTimeoutMs(checkMs))) === 200;
  };
  const round = async () => {
    const targets = cloud.view().regions.find((r) => r.name === region)?.nodes ?? [];
    const registered = targets.filter((t) => t.target !== 'unused' && t.port > 0);
    await Promise.all(registered.map(async (t) => cloud.reportTarget(t.node, await check(t))));
  };
  const door: Door = await openDoor(server, options);
  // Whoever asks once this has started meets targets that were checked.
  await round();
  const checks = every(checkMs, round);
  return {
    host: door.host,
    port: door.port,
    lastRequestAt,
    set: (reach) => door.set(reach),
    async close() {
      await checks.stop();
      await door.close();
      agent.destroy();
    },
  };
}
