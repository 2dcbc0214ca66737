import http from 'node:http';
import { CreateTagsCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { seededRandom } from '@evac/sim';
import { forward, sendFailure } from '../../../packages/sim/src/live/balancer/forward.ts';
import type { Ailment } from '../../../packages/sim/src/live/node/ailment.ts';
import { type InferenceNode, startNode } from '../../../packages/sim/src/live/node/server.ts';
import type { MotoRegion } from '../world.ts';

export const port = 8_000;
/** The servers' own durations: tokens come in an instant. */
const scale = 0.01;

interface Instance {
  id: string;
  zone: string;
  host: string;
}

export interface Nodes {
  /** Starts a server behind every instance that has come, and ends those of instances that have gone. */
  follow(): Promise<void>;
  /** The servers die; or, mended, start again. */
  crash(ids: readonly string[], crashed: boolean): Promise<void>;
  /** The servers take requests and never answer them; a new process would. */
  hang(ids: readonly string[]): Promise<void>;
  /** Whether whatever starts from now on is of no use. */
  stillborn: boolean;
  /** The instances with a server. */
  list(region: MotoRegion): Instance[];
  close(): Promise<void>;
}

/** A real inference server behind the address of every instance that runs. */
export function createNodes(regions: readonly MotoRegion[]): Nodes {
  const known = new Map<string, { region: MotoRegion; instance: Instance; server: InferenceNode }>();
  let stillborn = false;
  const find = (id: string) => {
    const node = known.get(id);
    if (!node) throw new Error(`no server behind ${id}`);
    return node;
  };

  async function followOne(region: MotoRegion): Promise<void> {
    const running = await instancesOf(region);
    for (const [id, { server, region: own }] of known) {
      if (own !== region || running.some((i) => i.id === id)) continue;
      known.delete(id);
      await server.stop();
    }
    for (const instance of running.filter((i) => !known.has(i.id))) {
      const { id, host } = instance;
      const options = { id, model: 'sim-1', host, port, loadMs: 0, scale, random: seededRandom(1) };
      known.set(id, { region, instance, server: await startNode(options) });
      if (stillborn) await ail([id], ['crashed']);
    }
  }

  /** As the servers are, so the load balancer finds them. */
  async function ail(ids: readonly string[], ailments: Ailment[]): Promise<void> {
    for (const id of ids) {
      const { region, server } = find(id);
      await server.afflict(new Set(ailments));
      const Tags = [{ Key: 'sim:answering', Value: ailments.length > 0 ? 'no' : 'yes' }];
      await region.clients.get(EC2Client).send(new CreateTagsCommand({ Resources: [id], Tags }));
    }
  }

  return {
    async follow() {
      for (const region of regions) await followOne(region);
    },
    crash: (ids, crashed) => ail(ids, crashed ? ['crashed'] : []),
    hang: (ids) => ail(ids, ['hung']),
    get stillborn() {
      return stillborn;
    },
    set stillborn(all) {
      stillborn = all;
    },
    list: (region) => [...known.values()].flatMap((n) => (n.region === region ? [n.instance] : [])),
    async close() {
      for (const { server } of known.values()) await server.stop();
    },
  };
}

async function instancesOf(region: MotoRegion): Promise<Instance[]> {
  const Filters = [{ Name: 'instance-state-name', Values: ['pending', 'running'] }];
  const { Reservations = [] } = await region.clients
    .get(EC2Client)
    .send(new DescribeInstancesCommand({ Filters }));
  return Reservations.flatMap((r) => r.Instances ?? []).map((i) => ({
    id: i.InstanceId ?? '',
    zone: i.Placement?.AvailabilityZone ?? '',
    host: i.PrivateIpAddress ?? '',
  }));
}

/** A region's endpoint: what its load balancer does with a request, by what moto knows of its targets. */
export async function startEndpoint(
  region: MotoRegion,
  host: string,
  nodes: Nodes,
  isShifted: (zone: string) => boolean,
): Promise<{ close(): Promise<void> }> {
  const agent = new http.Agent();
  let turn = 0;
  const server = http.createServer(async (request, response) => {
    const targets = await routable(region, nodes, isShifted);
    const target = targets[turn++ % targets.length];
    if (!target) sendFailure(response, 503);
    else await forward(request, response, { host: target.host, port, agent, idleMs: 5_000 });
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  return {
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function routable(
  region: MotoRegion,
  nodes: Nodes,
  isShifted: (zone: string) => boolean,
): Promise<Instance[]> {
  const ask = new DescribeTargetHealthCommand({ TargetGroupArn: region.targetGroup });
  const { TargetHealthDescriptions = [] } = await region.clients.get(ElasticLoadBalancingV2Client).send(ask);
  const healthy = TargetHealthDescriptions.filter((t) => t.TargetHealth?.State === 'healthy');
  return nodes.list(region).filter((n) => healthy.some((t) => t.Target?.Id === n.id) && !isShifted(n.zone));
}
