import {
  AutoScalingClient,
  CreateOrUpdateTagsCommand,
  DeleteTagsCommand,
} from '@aws-sdk/client-auto-scaling';
import { AddTagsCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { createDiscovery, createJoinedMemory, createStore } from '@evac/aws';
import { createFleet } from '@evac/aws/fleet';
import { type Notification, serviceName } from '@evac/core';
import { withJoined } from '@evac/core/discovery';
import { discover } from '@evac/workflow';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Moto, motoMissing, startMoto } from './moto.ts';
import { createTable } from './table.ts';
import { createMotoWorld, type MotoWorld } from './world.ts';

const missing = motoMissing();
if (missing) console.log(`left out: joining by tags on moto: ${missing}`);
else console.log('joining by tags on moto: found, observed, acted on and left, with the table on moto too');

describe.skipIf(missing)('a group that is tagged on moto', () => {
  let moto: Moto;
  let world: MotoWorld;
  let told: Notification[];
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());
  beforeEach(async () => {
    world = await createMotoWorld(moto);
    told = [];
    await createTable(world.regions.home.clients, 'evac');
    return () => world.close();
  });

  const settings = { controls: [], services: [] };
  function region() {
    const { name, clients } = world.regions.home;
    const context = { clients, clock: world.clock, services: settings.services };
    const memory = createJoinedMemory(context, 'evac');
    return {
      memory,
      look: () =>
        discover({
          region: name,
          settings,
          clock: world.clock,
          discovery: createDiscovery(clients),
          memory,
          store: createStore(context, 'evac'),
          notify: { send: async (notification) => void told.push(notification) },
        }),
      services: async () =>
        withJoined(
          settings,
          (await memory.joined()).map((r) => r.service),
        ).services,
    };
  }
  const resource = () => ({ ResourceId: world.regions.home.group, ResourceType: 'auto-scaling-group' });
  const tag = (tags: Record<string, string>) =>
    world.regions.home.clients.get(AutoScalingClient).send(
      new CreateOrUpdateTagsCommand({
        Tags: Object.entries(tags).map(([Key, Value]) => ({
          ...resource(),
          Key,
          Value,
          PropagateAtLaunch: false,
        })),
      }),
    );
  const untag = (...keys: string[]) =>
    world.regions.home.clients
      .get(AutoScalingClient)
      .send(new DeleteTagsCommand({ Tags: keys.map((Key) => ({ ...resource(), Key })) }));
  const mark = () =>
    world.regions.home.clients.get(ElasticLoadBalancingV2Client).send(
      new AddTagsCommand({
        ResourceArns: [world.regions.home.targetGroup, world.regions.home.loadBalancer],
        Tags: [{ Key: 'evac:service', Value: 'chat' }],
      }),
    );

  it('is a service of which the fleet tells zones and nodes', async () => {
    const { look, services } = region();
    await tag({ 'evac:service': 'chat', 'evac:preset': 'vllm' });
    expect(await look()).toMatchObject({ joined: ['chat'], complaints: [] });
    const [chat] = await services();
    const { group, zones, clients } = world.regions.home;
    expect(chat).toMatchObject({
      name: 'chat',
      preset: 'vllm',
      port: 8_000,
      policy: { 'replace-node': 'observe' },
      regions: [
        {
          groups: [group],
          zones: zones.map(({ name, id }) => ({ name, id })),
          endpoint: expect.stringMatching(/^http:\/\/llm-us-west-2.*elb\.amazonaws\.com$/),
        },
      ],
    });
    const fleet = createFleet({ clients, clock: world.clock, services: await services() });
    const { nodes } = await fleet.describe({ service: serviceName('chat') });
    expect(nodes).toHaveLength(6);
    expect(nodes.every((node) => node.port === 8_000)).toBe(true);
  });

  it('is acted on where the tags say so, and the load balancer bears the tag too', async () => {
    const { look, services } = region();
    await tag({ 'evac:service': 'chat', 'evac:policy': 'automatic' });
    await look();
    expect((await services())[0]?.policy['replace-node']).toBe('observe');
    expect(told).toMatchObject([{ text: expect.stringContaining('without the tag evac:service') }]);
    await mark();
    expect((await look()).mended).toHaveLength(1);
    expect((await services())[0]?.policy['replace-node']).toBe('automatic');
  });

  it('is observed, and told of once, where a tag makes no sense', async () => {
    const { look, services } = region();
    await mark();
    await tag({ 'evac:service': 'chat', 'evac:policy': 'automatic', 'evac:port': 'eight' });
    await look();
    await region().look();
    expect(told.map((n) => n.text)).toEqual([expect.stringContaining('evac:port "eight" is no port')]);
    expect((await services())[0]?.policy['replace-node']).toBe('observe');
  });

  it('leaves when its tag does', async () => {
    const { look, services } = region();
    await tag({ 'evac:service': 'chat' });
    await look();
    await untag('evac:service');
    await look();
    expect(await look()).toMatchObject({ left: ['chat'] });
    expect(await services()).toEqual([]);
  });
});
