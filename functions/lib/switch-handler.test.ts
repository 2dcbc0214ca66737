import { createSwitch } from '@evac/aws';
import { serviceName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { east, settings, west } from '../../packages/core/src/testing/snapshot.ts';
import { createSwitchHandler } from './switch-handler.ts';
import { type FunctionsWorld, lambdaContext, startFunctionsWorld } from './testing/aws.ts';
import { watchLog } from './testing/log.ts';

let aws: FunctionsWorld;
let log: ReturnType<typeof watchLog>;
/** Over when a test says so: how long the table may take to answer. */
let patience: PromiseWithResolvers<void>;
beforeEach(async () => {
  patience = Promise.withResolvers();
  aws = await startFunctionsWorld();
  log = watchLog();
});
afterEach(async () => {
  log.stop();
  await aws.close();
});

const told = { region: west, table: 'evac', settings: '' };
const path = '/llm/us-east-1';
/** What was shared among those who asked at the same time is old. */
const later = () => aws.clock.pass(3_000);
const endpoint = () => {
  const clock = { ...aws.clock, sleep: () => patience.promise };
  const handler = createSwitchHandler(() => told, { ...aws.world, clock });
  return async (rawPath: string) => (await handler({ rawPath }, lambdaContext())).statusCode;
};
const turn = (on: boolean) => {
  const context = { clients: aws.world.clients({ region: west }), services: [settings()], clock: aws.clock };
  return createSwitch(context, 'evac').write({ service: serviceName('llm'), region: east, on });
};

describe('the switch that Route 53 asks about', () => {
  it('says 503 while the region is in DNS, and 200 once it is out: the health check is inverted', async () => {
    const ask = endpoint();
    expect(await ask(path)).toBe(503);
    await turn(true);
    later();
    expect(await ask(path)).toBe(200);
    await turn(false);
    later();
    expect(await ask(path)).toBe(503);
  });

  it('reads the table once for all that ask within three seconds, and never says longer what it read', async () => {
    const ask = endpoint();
    const reads = () => aws.db.calls.filter((call) => call.action === 'GetItem').length;
    await Promise.all(Array.from({ length: 5 }, () => ask(path)));
    await turn(true);
    expect(await ask(path)).toBe(503);
    expect(reads()).toBe(1);
    later();
    expect(await ask(path)).toBe(200);
    expect(reads()).toBe(2);
  });

  it.each(['error', 'hang', 'throttled'] as const)(
    'goes on saying what it said last, when the table has only: %s',
    async (trouble) => {
      const ask = endpoint();
      await turn(true);
      await ask(path);
      aws.db.trouble = () => trouble;
      if (trouble === 'hang') patience.resolve();
      later();
      expect(await ask(path)).toBe(200);
      expect(log.entries().flatMap((e) => ('SwitchesFromMemory' in e ? [e.SwitchesFromMemory] : []))).toEqual(
        [1],
      );
    },
  );

  it('says that the region is in DNS, when it has never heard anything else: as if this region were lost', async () => {
    await turn(true);
    aws.db.trouble = () => 'error';
    expect(await endpoint()(path)).toBe(503);
  });

  it('remembers an answer that came too late for the one who asked', async () => {
    await turn(true);
    const ask = endpoint();
    const slow = Promise.withResolvers<null>();
    aws.db.trouble = ({ action }) => {
      if (action !== 'GetItem') return null;
      patience.resolve();
      return slow.promise;
    };
    expect(await ask(path)).toBe(503);
    aws.db.trouble = () => 'hang';
    slow.resolve(null);
    await expect.poll(() => ask(path)).toBe(200);
    later();
    expect(await ask(path)).toBe(200);
  });

  it.each(['/', '/llm', '/llm/us-west-2', '/chat/us-east-1', '/llm/%E0%A4%A'])(
    'answers %s, which names no switch, with 404',
    async (other) => {
      expect(await endpoint()(other)).toBe(404);
    },
  );
});
