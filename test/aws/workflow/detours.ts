import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { createJoinedMemory } from '@evac/aws';
import { incidentId, type RegionName, type ServiceSettings } from '@evac/core';
import { createFront } from '../front.ts';
import type { MotoRegion } from '../world.ts';
import { table } from './environment.ts';
import type { History } from './machines.ts';
import { east, type Rig, west } from './rig.ts';
import { closed, type Told } from './story.ts';

/** What the first story has no need of. */
export function otherwise(service: ServiceSettings): Partial<ServiceSettings> {
  return {
    restartFirst: true,
    retire: 'keep',
    // A dead node and its dead replacement are most of a zone.
    policy: { ...service.policy, 'evacuate-zone': 'observe' },
    // What never comes is not waited for as long; a hung server lets each deep probe wait so long.
    timing: { ...service.timing, graceMs: 60_000, recoveryMs: 30_000 },
    deep: service.deep && { ...service.deep, timeoutMs: 3_000 },
  };
}

/**
 * Nodes: one that a restart mends, the same that it no longer mends and that is kept, one whose replacement never
 * serves.
 */
export async function nodeDetours(rig: Rig) {
  rig.sleep(east);
  const [hung, lost] = [
    rig.nodesIn(rig.regions.west, 'a')[0] ?? '',
    rig.nodesIn(rig.regions.west, 'b')[0] ?? '',
  ];
  await rig.nodes.hang([hung]);
  const restarted = await closed(rig, west, 'replace-node');

  await rig.rest();
  await rig.nodes.hang([hung]);
  const kept = await closed(rig, west, 'replace-node', [restarted]);

  await rig.rest();
  rig.nodes.stillborn = true;
  await rig.nodes.crash([lost], true);
  const leftOut = await closed(rig, west, 'replace-node', [restarted, kept]);
  rig.nodes.stillborn = false;

  await rig.nodes.crash([lost], false);
  await rig.rest();
  const returned = await closed(rig, west, 'fail-back');
  return { hung, lost, restarted, kept, leftOut, returned };
}

/** A person mistypes; then empties a zone while the region answers nobody, so that it cannot be proven. */
export async function zoneDetour(rig: Rig): Promise<{ mistyped: History; undone: Told }> {
  const id = incidentId('mistyped');
  await rig.begin(west, 'evacuate-zone', id, { service: 'lm', zone: 'us-west-2z', vreb: 'force' });
  const mistyped = await rig.until('it fails', async () => {
    const history = await rig.history(west, { move: 'evacuate-zone', id });
    return history.end !== 'running' && history;
  });

  await rig.rest();
  await rig.shut(west);
  const ask = { service: 'llm', zone: 'us-west-2c', verb: 'force', reason: 'the lights flicker', by: 'ana' };
  await rig.begin(west, 'evacuate-zone', 'the-lights-flicker', ask);
  const undone = await closed(rig, west, 'evacuate-zone');
  await rig.reopen(west);
  return { mistyped, undone };
}

/** A team joins by a tag, and deletes its group: who has joined then, whether requests are still counted, who is left. */
export async function joining(rig: Rig) {
  const { host, region } = rig.cell(west);
  const memory = createJoinedMemory({ clients: region.clients, clock: rig.clock }, table);
  const names = async () => (await memory.joined()).map(({ service }) => service.name);
  await tagged(region);
  await host.invoke('discover', {});
  const joined = await names();
  await region.clients
    .get(AutoScalingClient)
    .send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'chat', ForceDelete: true }));
  const before = rig.made.length;
  await rig.pass(60_000);
  // Rejects where a service cannot be judged.
  await host.invoke('decide', { tick: true });
  const counted = rig.made.slice(before).some((m) => m.call === 'cloudwatch:GetMetricData');
  // A list may be short for once: it leaves when the second look does not find it either.
  for (let i = 0; i < 2; i++) {
    await rig.pass(60_000);
    await host.invoke('discover', {});
  }
  return { joined, counted, left: await names() };
}

/** What a region's switch says to Route 53 of another one: 200 while that one is out. */
export async function switchOf(rig: Rig, region: RegionName, about: RegionName): Promise<unknown> {
  return rig.cell(region).host.invoke('switch', { rawPath: `/llm/${about}` });
}

async function tagged({ clients, zones, group }: MotoRegion): Promise<void> {
  const subnets = zones.map((z) => z.subnet);
  const { Subnets = [] } = await clients
    .get(EC2Client)
    .send(new DescribeSubnetsCommand({ SubnetIds: subnets }));
  const { targetGroup } = await createFront(clients, 'chat', subnets, Subnets[0]?.VpcId ?? '');
  const tag = (Key: string, Value: string) => ({ Key, Value, PropagateAtLaunch: false });
  await clients.get(AutoScalingClient).send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'chat',
      MinSize: 0,
      MaxSize: 1,
      DesiredCapacity: 1,
      LaunchTemplate: { LaunchTemplateName: group },
      VPCZoneIdentifier: subnets.join(','),
      TargetGroupARNs: [targetGroup],
      Tags: [tag('evac:service', 'chat'), tag('evac:policy', 'automatic')],
    }),
  );
}
