import { nodeId, regionName, type Target, targetId, zoneName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StoreWorld, service, startStoreWorld } from '../testing/store.ts';

let world: StoreWorld;
beforeEach(async () => {
  world = await startStoreWorld();
});
afterEach(() => world.close());

const hex = () => Math.random().toString(16).slice(2).padEnd(17, '0').slice(0, 17);
const targets = (size: number): Target[] =>
  Array.from({ length: size }, () => {
    const id = hex();
    return {
      kind: 'node',
      id: targetId(`node/i-${id}`),
      service,
      region: regionName('us-west-2'),
      zone: zoneName('us-west-2a'),
      node: nodeId(`i-${id}`),
      launchedAt: Math.floor(Math.random() * 1e12),
      address: { protocol: 'http', host: `10.${Math.floor(Math.random() * 1e6)}`, port: 8_000 },
    };
  });

describe('a list of many targets', () => {
  it('is read as it was written, in its order', async () => {
    const many = targets(25_000);
    await world.store.writeTargets({ service, targets: many });
    expect(await world.another().readTargets({ service })).toEqual(many);
    expect(world.db.table.items.size).toBeGreaterThan(1);
  });

  it('that becomes short leaves nothing of itself', async () => {
    await world.store.writeTargets({ service, targets: targets(25_000) });
    const few = targets(3);
    await world.store.writeTargets({ service, targets: few });
    expect(await world.store.readTargets({ service })).toEqual(few);
  });

  it('is never read half old and half new', async () => {
    await world.store.writeTargets({ service, targets: targets(25_000) });
    const [, second] = structuredClone([...world.db.table.items]);
    const newer = targets(25_000);
    await world.store.writeTargets({ service, targets: newer });
    const [name, old] = second!;
    const now = world.db.table.items.get(name)!;
    world.db.table.items.set(name, old);
    let queries = 0;
    world.db.trouble = (call) => {
      if (call.action === 'Query' && ++queries === 2) world.db.table.items.set(name, now);
      return null;
    };
    expect(await world.store.readTargets({ service })).toEqual(newer);
    world.db.table.items.set(name, old);
    await expect(world.store.readTargets({ service })).rejects.toMatchObject({ code: 'contention' });
  });
});
