import { type Incident, type Notification, PortError, regionName, zoneId, zoneName } from '@evac/core';
import type { Complaint, Remembered, TaggedGroup } from '@evac/core/discovery';
import { describe, expect, it } from 'vitest';
import { incident, service, west } from '../cell/testing/world.ts';
import { discover } from './discover.ts';

/** A region whose groups, table and people a test can look at and change. */
function createRegion() {
  const groups = new Map<string, TaggedGroup>();
  const joined = new Map<string, Remembered>();
  const complaints = new Map<string, Complaint>();
  const told: Notification[] = [];
  const world = { readable: true, speechless: false, open: [] as Incident[], writes: 0, now: 1_000 };
  const key = ({ group, sentence }: Complaint) => `${group} ${sentence}`;
  const look = () =>
    discover({
      region: west,
      settings: { controls: [], services: [service] },
      clock: { now: () => world.now, sleep: () => Promise.resolve() },
      discovery: {
        async taggedGroups() {
          if (!world.readable) throw new PortError('throttled', 'slow down');
          return [...groups.values()];
        },
      },
      memory: {
        joined: async () => [...joined.values()],
        async keep(one) {
          world.writes++;
          joined.set(one.service.name, structuredClone(one));
        },
        forget: async ({ name }) => void joined.delete(name),
        complaints: async () => [...complaints.values()],
        async addComplaint(one) {
          if (complaints.has(key(one))) return false;
          complaints.set(key(one), one);
          return true;
        },
        removeComplaint: async (one) => void complaints.delete(key(one)),
      },
      store: { incidents: async () => world.open },
      notify: {
        async send(notification) {
          if (world.speechless) throw new PortError('unavailable', 'nobody hears');
          told.push(notification);
        },
      },
    });
  return {
    world,
    look,
    told,
    joined: () => [...joined.values()],
    tag(name: string, tags: Record<string, string>) {
      groups.set(name, {
        name,
        tags: new Map(Object.entries(tags)),
        zones: [{ name: zoneName('us-west-2a'), id: zoneId('usw2-az1') }],
        targetGroups: [
          {
            name: 'chat',
            protocol: 'HTTP',
            port: 8_000,
            health: null,
            endpoints: ['http://chat.example.com'],
            hidden: null,
            unmarked: [],
          },
        ],
      });
    },
    untag: (name: string) => groups.delete(name),
  };
}
const good = { 'evac:service': 'chat', 'evac:policy': 'automatic' };
const bad = { ...good, 'evac:port': 'eight' };

describe('a look at the tags', () => {
  it('remembers a service that joins, and writes nothing more while nothing changes', async () => {
    const region = createRegion();
    region.tag('nodes', good);
    expect(await region.look()).toMatchObject({ joined: ['chat'], left: [], complaints: [] });
    expect(region.joined()).toMatchObject([
      { service: { name: 'chat', region: regionName('us-west-2'), policy: 'automatic' }, missingSince: null },
    ]);
    expect(await region.look()).toEqual({ joined: [], changed: [], left: [], complaints: [], mended: [] });
    expect(region.world.writes).toBe(1);
  });

  it('takes over what has changed', async () => {
    const region = createRegion();
    region.tag('nodes', good);
    await region.look();
    region.tag('nodes', { ...good, 'evac:policy': 'approve' });
    expect(await region.look()).toMatchObject({ joined: [], changed: ['chat'] });
    expect(region.joined()).toMatchObject([{ service: { policy: 'approve' } }]);
  });

  it('changes nothing when the tags cannot be read', async () => {
    const region = createRegion();
    region.tag('nodes', good);
    await region.look();
    region.world.readable = false;
    await expect(region.look()).rejects.toThrow('slow down');
    expect(region.joined()).toMatchObject([{ service: { policy: 'automatic' }, missingSince: null }]);
  });
});

describe('a service whose tags are gone', () => {
  it('acts no more at once, and is forgotten by the next look', async () => {
    const region = createRegion();
    region.tag('nodes', good);
    await region.look();
    region.untag('nodes');
    expect(await region.look()).toMatchObject({ left: [] });
    expect(region.joined()).toMatchObject([{ service: { policy: 'observe' }, missingSince: 1_000 }]);
    expect(await region.look()).toMatchObject({ left: ['chat'] });
    expect(region.joined()).toEqual([]);
  });

  it('is what it was when they come back before that', async () => {
    const region = createRegion();
    region.tag('nodes', good);
    await region.look();
    region.untag('nodes');
    await region.look();
    region.tag('nodes', good);
    await region.look();
    expect(region.joined()).toMatchObject([{ service: { policy: 'automatic' }, missingSince: null }]);
  });

  it('is remembered until its last open move has ended', async () => {
    const region = createRegion();
    region.tag('nodes', good);
    await region.look();
    region.untag('nodes');
    await region.look();
    region.world.open = [incident()];
    expect(await region.look()).toMatchObject({ left: [] });
    region.world.open = [incident({ closedAt: 5, outcome: 'recovered' })];
    expect(await region.look()).toMatchObject({ left: ['chat'] });
  });
});

describe('a tag that makes no sense', () => {
  it('is told once, with the group’s name and what would be right, and nothing is done to the service', async () => {
    const region = createRegion();
    region.tag('nodes', bad);
    await region.look();
    await region.look();
    expect(region.told).toEqual([
      {
        severity: 'warning',
        service: 'chat',
        title: 'a tag of the Auto Scaling group nodes makes no sense',
        text: 'Auto Scaling group nodes in us-west-2: evac:port "eight" is no port; a number from 1 to 65535, such as 8000, would be right. Until then chat is observed, and nothing is done to it.',
        incident: null,
      },
    ]);
    expect(region.joined()).toMatchObject([{ service: { policy: 'observe' } }]);
  });

  it('acts again once it is mended, and is told anew when it is made anew', async () => {
    const region = createRegion();
    region.tag('nodes', bad);
    await region.look();
    region.tag('nodes', good);
    expect((await region.look()).mended).toHaveLength(1);
    expect(region.joined()).toMatchObject([{ service: { policy: 'automatic' } }]);
    region.tag('nodes', bad);
    await region.look();
    expect(region.told).toHaveLength(2);
  });

  it('is told by the next look where nobody could be told by this one', async () => {
    const region = createRegion();
    region.tag('nodes', bad);
    region.world.speechless = true;
    await expect(region.look()).rejects.toThrow('nobody hears');
    expect(region.joined()).toMatchObject([{ service: { policy: 'observe' } }]);
    region.world.speechless = false;
    await region.look();
    expect(region.told).toHaveLength(1);
  });

  it('is told once where two look at the same time', async () => {
    const region = createRegion();
    region.tag('nodes', bad);
    await Promise.all([region.look(), region.look()]);
    expect(region.told).toHaveLength(1);
  });

  it('of a group that the config has is told without more: the config goes on', async () => {
    const region = createRegion();
    const [group = ''] = service.regions.find((r) => r.region === west)?.groups ?? [];
    region.tag(group, good);
    await region.look();
    expect(region.told.map((n) => n.text)).toEqual([
      expect.stringMatching(/no tag, or another group, would be right\.$/),
    ]);
    expect(region.joined()).toEqual([]);
  });
});
