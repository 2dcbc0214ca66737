import { regionName, serviceName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settings } from '../../core/src/testing/snapshot.ts';
import { createClients } from './clients.ts';
import { createSwitch } from './switch.ts';
import { patient } from './testing/aws.ts';
import { createTestClock } from './testing/clock.ts';
import { type FakeDynamoDb, startDynamoDb } from './testing/dynamodb/server.ts';

const about = { service: serviceName('llm'), region: regionName('us-east-1') };
let db: FakeDynamoDb;
let close: () => void;
let port: ReturnType<typeof createSwitch>;
beforeEach(async () => {
  db = await startDynamoDb();
  const clients = createClients({
    region: regionName('us-west-2'),
    endpoint: db.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...patient,
    attempts: 2,
  });
  close = () => clients.destroy();
  port = createSwitch({ clients, services: [settings()], clock: createTestClock() }, 'evac');
});
afterEach(async () => {
  close();
  await db.close();
});

describe('a switch', () => {
  it('is one write to this region’s table and no other call', async () => {
    await port.write({ ...about, on: true });
    expect(db.calls.map((call) => call.action)).toEqual(['PutItem']);
    expect([...db.table.items.keys()]).toEqual(['switch#llm us-east-1']);
  });

  it('whose answer was lost is written again', async () => {
    db.trouble = (_, nth) => (nth === 1 ? 'lost' : null);
    await port.write({ ...about, on: true });
    expect(await port.read(about)).toBe(true);
  });

  it('that a newer version wrote is not touched', async () => {
    await port.write({ ...about, on: true });
    for (const item of db.table.items.values()) item.v = { N: '3' };
    await expect(port.write({ ...about, on: false })).rejects.toMatchObject({ code: 'invalid' });
    await expect(port.read(about)).rejects.toMatchObject({ code: 'invalid' });
  });

  it('that cannot be read is no answer, on or off', async () => {
    db.trouble = () => 'reset';
    await expect(port.read(about)).rejects.toThrow('may have happened');
  });
});
