import { regionName, serviceName } from '@evac/core';
import type { Complaint, JoinedMemory, JoinedService } from '@evac/core/discovery';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StoreWorld, startStoreWorld } from '../testing/store.ts';
import { createJoinedMemory } from './joined-memory.ts';

let world: StoreWorld;
let memory: JoinedMemory;
beforeEach(async () => {
  world = await startStoreWorld();
  memory = createJoinedMemory(world, 'evac');
});
afterEach(() => world.close());

const chat: JoinedService = {
  name: serviceName('chat'),
  region: regionName('us-west-2'),
  groups: ['chat-nodes'],
  zones: [],
  endpoint: 'http://chat.example.com',
  preset: 'vllm',
  model: null,
  port: 8_000,
  health: null,
  standby: false,
  policy: 'observe',
};
const complaint: Complaint = {
  service: chat.name,
  group: 'chat-nodes',
  sentence: 'evac:port "eight" is no port',
};
const remembered = { service: chat, missingSince: null };

describe('a service that joined', () => {
  it('is remembered as it was kept last, until it is forgotten', async () => {
    await memory.keep(remembered);
    expect(await memory.joined()).toEqual([remembered]);
    await memory.keep({ ...remembered, missingSince: 5 });
    expect(await memory.joined()).toEqual([{ ...remembered, missingSince: 5 }]);
    await memory.forget({ name: chat.name });
    await memory.forget({ name: chat.name });
    expect(await memory.joined()).toEqual([]);
  });

  it('is not there in a table that knows none', async () => {
    expect(await memory.joined()).toEqual([]);
    expect(await memory.complaints()).toEqual([]);
  });

  it('that a newer version has kept is left out, and left alone', async () => {
    await memory.keep(remembered);
    await memory.keep({ ...remembered, service: { ...chat, name: serviceName('newer') } });
    const item = world.db.table.get({ pk: { S: 'joined' }, sk: { S: 'newer' } });
    world.db.table.put({ ...item, v: { N: '3' } });
    expect((await memory.joined()).map((r) => r.service.name)).toEqual(['chat']);
    const again = memory.keep({ ...remembered, service: { ...chat, name: serviceName('newer') } });
    await expect(again).rejects.toThrow('a newer version of Evac wrote');
  });

  it('is found beside many: every page is read', async () => {
    const names = Array.from({ length: 30 }, (_, i) => serviceName(`chat-${i}`));
    for (const name of names) await memory.keep({ ...remembered, service: { ...chat, name } });
    world.db.itemsPerPage = 7;
    expect(await memory.joined()).toHaveLength(30);
  });
});

describe('a complaint', () => {
  it('is new once, and again after it was mended', async () => {
    expect(await memory.addComplaint(complaint)).toBe(true);
    expect(await memory.addComplaint(complaint)).toBe(false);
    expect(await memory.complaints()).toEqual([complaint]);
    await memory.removeComplaint(complaint);
    expect(await memory.complaints()).toEqual([]);
    expect(await memory.addComplaint(complaint)).toBe(true);
  });

  it('is another one of another group, or in other words', async () => {
    await memory.addComplaint(complaint);
    expect(await memory.addComplaint({ ...complaint, group: 'others' })).toBe(true);
    expect(await memory.addComplaint({ ...complaint, sentence: 'evac:port "9" is no port' })).toBe(true);
  });

  it('is new to one of two that find it at once', async () => {
    const both = await Promise.all([memory.addComplaint(complaint), memory.addComplaint(complaint)]);
    expect(both.toSorted()).toEqual([false, true]);
  });
});
