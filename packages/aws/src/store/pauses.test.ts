import { readFileSync } from 'node:fs';
import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StoreWorld, startStoreWorld } from '../testing/store.ts';

const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');

/** What a command of docs/operations.md gives to the AWS CLI: the JSON between single quotes under its heading. */
function given(heading: string): Record<string, AttributeValue>[] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/'(\{.*\})'/g)].map(([, json = '']) => JSON.parse(json));
}

let world: StoreWorld;
beforeAll(async () => {
  world = await startStoreWorld();
});
afterAll(() => world.close());

async function put(Item: Record<string, AttributeValue> | undefined): Promise<void> {
  await world.clients.get(DynamoDBClient).send(new PutItemCommand({ TableName: 'evac', Item }));
}

it('a person holds everything, and ends it, by the commands of docs/operations.md', async () => {
  const [item, Key] = given('Hold everything for a while');
  await put(item);
  const [pause, ...more] = await world.another().pauses();
  expect(more).toEqual([]);
  expect(pause).toEqual({
    ...{ id: 'launch', service: 'llm', move: null, by: 'you', reason: 'a big launch' },
    ...{ at: expect.any(Number), until: null },
  });
  if (!pause) throw new Error('there is no pause');
  await world.store.addPause(pause);
  const own = world.db.table.get({ pk: { S: 'pauses' }, sk: { S: 'launch' } });
  expect({ ...own, pause: null }).toEqual({ ...item, pause: null });
  await world.clients.get(DynamoDBClient).send(new DeleteItemCommand({ TableName: 'evac', Key }));
  expect(await world.another().pauses()).toEqual([]);
});

it('a person resets the breaker by the command of docs/operations.md', async () => {
  const [item] = given('Reset the breaker');
  await put(item);
  const at = Number(item?.at?.N);
  expect(new Date(at).getFullYear()).toBe(2026);
  expect(await world.another().breakerResetAt()).toBe(at);
  await world.store.resetBreaker({ by: String(item?.by?.S), reason: String(item?.reason?.S) });
  const own = world.db.table.get({ pk: { S: 'breaker' }, sk: { S: 'HEAD' } });
  expect({ ...own, at: null }).toEqual({ ...item, at: null });
});
