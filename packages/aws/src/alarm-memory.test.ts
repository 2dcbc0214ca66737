import { type AlarmFact, type AlarmMemory, nodeId, regionName, serviceName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAlarmMemory } from './alarm-memory.ts';
import { type StoreWorld, startStoreWorld } from './testing/store.ts';

let world: StoreWorld;
let memory: AlarmMemory;
beforeEach(async () => {
  world = await startStoreWorld();
  memory = createAlarmMemory(world, 'evac');
});
afterEach(() => world.close());

const service = serviceName('llm');
const alarm: AlarmFact = {
  name: 'llm #1: 5xx, Ω',
  at: 1_800_000_000_000,
  region: regionName('us-west-2'),
  zone: null,
  node: nodeId('i-1'),
  because: 'tags',
};

describe('an alarm that went off', () => {
  it('is remembered as it was last, beside others, by every judge of its service', async () => {
    await memory.keep({ service, alarm: { ...alarm, at: alarm.at - 1 } });
    await memory.keep({ service, alarm });
    await memory.keep({ service, alarm: { ...alarm, name: 'another' } });
    await memory.keep({ service: serviceName('chat'), alarm });
    const another = createAlarmMemory(world, 'evac');
    expect(await another.recent({ service })).toEqual([{ ...alarm, name: 'another' }, alarm]);
  });

  it('is told twice, and is one', async () => {
    await Promise.all([memory.keep({ service, alarm }), memory.keep({ service, alarm })]);
    expect(await memory.recent({ service })).toEqual([alarm]);
  });

  it('is forgotten by TTL after a day, in whole seconds', async () => {
    await memory.keep({ service, alarm });
    const item = world.db.table.get({ pk: { S: 'alarms#llm' }, sk: { S: alarm.name } });
    expect(item?.ttl).toEqual({ N: String((alarm.at + 86_400_000) / 1_000) });
  });

  it('of which a newer version has written is left out', async () => {
    await memory.keep({ service, alarm });
    const item = world.db.table.get({ pk: { S: 'alarms#llm' }, sk: { S: alarm.name } });
    world.db.table.put({ ...item, v: { N: '3' } });
    expect(await memory.recent({ service })).toEqual([]);
  });
});
