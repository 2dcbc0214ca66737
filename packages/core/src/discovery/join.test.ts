import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { serviceName } from '../ids.ts';
import { settings } from '../testing/snapshot.ts';
import { region, tagged, targetGroup } from '../testing/tagged.ts';
import { joinServices, type TaggedGroup } from './index.ts';

const configured = [settings()];
const join = (...groups: TaggedGroup[]) => joinServices(region, groups, configured);
const complaintsOf = (...groups: TaggedGroup[]) => join(...groups).complaints.map((c) => c.sentence);

describe('a tagged group', () => {
  it('is a service, with its zones, and the port and the address of its load balancer', () => {
    expect(join(tagged())).toEqual({
      services: [
        {
          name: 'chat-8b',
          region: 'us-west-2',
          groups: ['chat-nodes'],
          zones: [
            { name: 'us-west-2a', id: 'usw2-az1' },
            { name: 'us-west-2b', id: 'usw2-az2' },
          ],
          endpoint: 'http://chat-1.us-west-2.elb.amazonaws.com',
          preset: null,
          model: null,
          port: 8_000,
          health: { path: '/health', from: 200, to: 299 },
          standby: false,
          policy: 'observe',
        },
      ],
      complaints: [],
    });
  });

  it('says more by its other tags', () => {
    const group = tagged({
      'evac:preset': 'vllm',
      'evac:model': 'Qwen/Qwen3-8B',
      'evac:port': '8001',
      'evac:role': 'standby',
      'evac:policy': 'automatic',
      'evac:endpoint': 'https://chat.example.com',
    });
    expect(join(group).complaints).toEqual([]);
    expect(join(group).services).toMatchObject([
      {
        preset: 'vllm',
        model: 'Qwen/Qwen3-8B',
        port: 8_001,
        standby: true,
        policy: 'automatic',
        endpoint: 'https://chat.example.com',
      },
    ]);
  });

  it('may bear tags of others, and those that Evac writes while it acts', () => {
    const group = tagged({
      Name: 'x',
      'evac:launch': 'inc-1',
      'evac:launch-plan': '{}',
      'evac:subnets:us-west-2a': 'subnet-a',
    });
    expect(complaintsOf(group)).toEqual([]);
  });

  it('joins others of the same service: what one says holds for all of them', () => {
    const { services, complaints } = join(
      tagged({ 'evac:preset': 'vllm' }, { name: 'one' }),
      tagged(
        { 'evac:policy': 'approve' },
        { name: 'two', zones: [{ ...tagged().zones[0]!, name: tagged().zones[0]!.name }] },
      ),
    );
    expect(complaints).toEqual([]);
    expect(services).toMatchObject([{ groups: ['one', 'two'], preset: 'vllm', policy: 'approve' }]);
    expect(services[0]?.zones).toHaveLength(2);
  });

  it('that the config has under the same service says nothing new', () => {
    const group = tagged({ 'evac:service': 'llm' }, { name: 'llm' });
    expect(join(group)).toEqual({ services: [], complaints: [] });
  });
});

describe('a tag that makes no sense', () => {
  it.each([
    [
      'evac:policy',
      'automtic',
      '"automtic" is none of observe, approve, automatic; automatic would be right',
    ],
    ['evac:policy', 'yes', '"yes" is none of observe, approve, automatic'],
    ['evac:preset', 'vlllm', '"vlllm" is none of vllm, sglang,'],
    ['evac:role', 'Standby', '"Standby" is none of active, standby; standby would be right'],
    ['evac:port', '80000', '"80000" is no port; a number from 1 to 65535, such as 8000, would be right'],
    ['evac:port', '8000/tcp', '"8000/tcp" is no port'],
    ['evac:model', ' ', '" " is empty; take the tag off'],
    ['evac:polcy', 'automatic', '"automatic" is no tag of Evac; evac:policy would be right'],
    ['evac:owner', 'me', '"me" is no tag of Evac; there are service, preset,'],
    ['evac:endpoint', 'chat.example.com', '"chat.example.com" is no URL of HTTP; https://llm.example.com'],
    ['evac:endpoint', 'https://a.example.com/v1', '"https://a.example.com/v1" has a path'],
  ])('%s %j is said to be wrong, and what would be right', (tag, value, said) => {
    const { services, complaints } = join(tagged({ 'evac:policy': 'automatic', [tag]: value }));
    expect(complaints).toEqual([
      { service: 'chat-8b', group: 'chat-nodes', sentence: expect.stringContaining(`${tag} ${said}`) },
    ]);
    expect(services).toMatchObject([{ name: 'chat-8b', policy: 'observe' }]);
  });

  it('keeps the whole service from acting, also where another of its groups bears it', () => {
    const { services, complaints } = join(
      tagged({ 'evac:policy': 'automatic' }, { name: 'one' }),
      tagged({ 'evac:port': 'eight' }, { name: 'two' }),
    );
    expect(complaints.map((c) => c.group)).toEqual(['two']);
    expect(services).toMatchObject([{ groups: ['one', 'two'], policy: 'observe' }]);
  });

  it('is one that another group of the service contradicts', () => {
    const { services, complaints } = join(
      tagged({ 'evac:policy': 'automatic' }, { name: 'one' }),
      tagged({ 'evac:policy': 'approve' }, { name: 'two' }),
    );
    expect(complaints).toEqual([
      {
        service: 'chat-8b',
        group: 'two',
        sentence:
          'evac:policy "approve" contradicts "automatic" of the group one, and both are chat-8b; one of them would be right',
      },
    ]);
    expect(services).toMatchObject([{ policy: 'observe' }]);
  });

  it.each([
    ['Chat 8B', 'chat-8b', 'chat-nodes--tag'],
    ['', 'chat-8b', 'chat-nodes--tag'],
    ['x'.repeat(33), 'x'.repeat(32), 'chat-nodes--tag'],
    ['日本', 'chat-8b', 'chat-nodes--tag'],
  ])('as a name, %j, is observed under the group’s own', (name, right, observed) => {
    const { services, complaints } = join(tagged({ 'evac:service': name, 'evac:policy': 'automatic' }));
    expect(complaints[0]?.sentence).toContain(`such as ${right}, would be right`);
    expect(services).toMatchObject([{ name: observed, groups: ['chat-nodes'], policy: 'observe' }]);
  });

  it('keeps groups apart whose own names look the same', () => {
    const named = (name: string) => tagged({ 'evac:service': '?' }, { name });
    const { services } = join(named('Chat_Nodes'), named('chat.nodes'));
    expect(services.map((s) => s.name)).toEqual(['chat-nodes--2', 'chat-nodes--tag']);
  });
});

describe('more services than a region takes', () => {
  const many = Array.from({ length: 101 }, (_, i) => {
    const name = `chat-${String(i).padStart(3, '0')}`;
    return tagged({ 'evac:service': name }, { name });
  });

  it('are told, and those after the hundredth name are left out', () => {
    const { services, complaints } = join(...many);
    expect(services.map((s) => s.name)).toHaveLength(100);
    expect(complaints).toEqual([
      {
        service: 'chat-100',
        group: 'chat-100',
        sentence: expect.stringContaining('"chat-100" is one too many: 100 services have joined'),
      },
    ]);
  });

  it('do not push out one that had joined before', () => {
    const before = [serviceName('chat-100')];
    const { services, complaints } = joinServices(region, many, configured, before);
    expect(services.map((s) => s.name)).toContain('chat-100');
    expect(complaints.map((c) => c.service)).toEqual(['chat-099']);
  });
});

describe('docs/discovery.md', () => {
  const page = readFileSync(new URL('../../../../docs/discovery.md', import.meta.url), 'utf8');

  it('has every tag that there is', () => {
    const [complaint = ''] = complaintsOf(tagged({ 'evac:xxxxxxxxxxxx': '' }));
    const known = complaint.split('there are ')[1]?.split(', ') ?? [];
    expect(known).toContain('service');
    for (const tag of known) expect(page).toContain(`| \`evac:${tag}\` |`);
  });
});

describe('what the config has, wins', () => {
  it('over a tag that names its service from another group, which is observed by itself', () => {
    const { services, complaints } = join(tagged({ 'evac:service': 'llm', 'evac:policy': 'automatic' }));
    expect(complaints).toEqual([
      {
        service: 'chat-nodes--tag',
        group: 'chat-nodes',
        sentence: expect.stringContaining('evac:service "llm" is a service of evac.config.ts'),
      },
    ]);
    expect(services).toMatchObject([{ name: 'chat-nodes--tag', policy: 'observe' }]);
  });

  it('over a tag that takes one of its groups, which is not observed twice', () => {
    const { services, complaints } = join(tagged({}, { name: 'llm' }));
    expect(services).toEqual([]);
    expect(complaints).toEqual([
      { service: 'llm', group: 'llm', sentence: expect.stringContaining('belongs to llm in evac.config.ts') },
    ]);
  });

  it('but not over a group of the same name in another region', () => {
    const here = settings().regions.filter((r) => r.region !== region);
    const { services } = joinServices(region, [tagged({}, { name: 'llm' })], [settings({ regions: here })]);
    expect(services).toMatchObject([{ name: 'chat-8b', groups: ['llm'] }]);
  });
});

describe('what follows from the group', () => {
  it.each([
    ['no target group', { targetGroups: [] }, 'the group has no target group'],
    [
      'a target group that speaks TLS with its nodes',
      { targetGroups: [targetGroup({ protocol: 'HTTPS' })] },
      'its target group chat speaks HTTPS with the nodes',
    ],
    [
      'several ports',
      { targetGroups: [targetGroup(), targetGroup({ port: 8_001 })] },
      'evac:port is missing: its target groups have several (8000, 8001)',
    ],
    [
      'an address that only the VPC knows',
      { targetGroups: [targetGroup({ endpoints: [], hidden: 'its load balancer chat is internal' })] },
      'evac:endpoint is missing: its load balancer chat is internal; a URL',
    ],
    [
      'no listener',
      { targetGroups: [targetGroup({ endpoints: [] })] },
      'evac:endpoint is missing: no listener forwards to its target group',
    ],
    [
      'a load balancer that may not be changed',
      { targetGroups: [targetGroup({ unmarked: ['the target group chat', 'the load balancer front'] })] },
      'evac:policy "automatic" is more than Evac may do: the target group chat and the load balancer front without the tag evac:service',
    ],
    [
      'a zone of another region',
      { zones: [{ ...tagged().zones[0]!, id: tagged().zones[0]!.name as never }] },
      "is the zone's name, not its ID",
    ],
  ])('cannot be right with %s', (_, change, said) => {
    const { services, complaints } = join(tagged({ 'evac:policy': 'automatic' }, change));
    expect(complaints).toMatchObject([{ group: 'chat-nodes', sentence: expect.stringContaining(said) }]);
    expect(services).toMatchObject([{ name: 'chat-8b', policy: 'observe' }]);
  });

  it('may be what a tag says instead', () => {
    const group = tagged(
      { 'evac:port': '8001', 'evac:endpoint': 'https://chat.example.com', 'evac:policy': 'automatic' },
      { targetGroups: [targetGroup({ endpoints: [], hidden: 'hidden' }), targetGroup({ port: 8_001 })] },
    );
    expect(join(group)).toMatchObject({ services: [{ port: 8_001, policy: 'automatic' }], complaints: [] });
  });

  it('may be observed where its load balancer may not be changed', () => {
    const targetGroups = [targetGroup({ unmarked: ['the target group chat'] })];
    expect(join(tagged({}, { targetGroups })).complaints).toEqual([]);
  });

  it('is the preset’s port where the target groups have several', () => {
    const targetGroups = [targetGroup(), targetGroup({ port: 8_001 })];
    expect(join(tagged({ 'evac:preset': 'vllm' }, { targetGroups }))).toMatchObject({
      services: [{ port: null }],
      complaints: [],
    });
  });

  it('needs a model where the preset’s question does', () => {
    expect(complaintsOf(tagged({ 'evac:preset': 'triton' }))).toEqual([
      expect.stringContaining('evac:model is missing, and the deep probe of preset triton asks for it'),
    ]);
    expect(complaintsOf(tagged({ 'evac:preset': 'triton', 'evac:model': 'chat' }))).toEqual([]);
  });
});
