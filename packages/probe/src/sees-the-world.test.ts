import { afterEach, expect, it } from 'vitest';
import { seesTheWorld } from './sees-the-world.ts';
import * as bad from './testing/misbehave.ts';
import { timeByTurns } from './testing/time-by-turns.ts';

timeByTurns();

const servers: bad.BadServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function control(behaviour: bad.Behaviour): Promise<string> {
  const server = await bad.serve(behaviour);
  servers.push(server);
  return `http://127.0.0.1:${server.port}/any?x=1`;
}

const sees = (...controls: string[]) => seesTheWorld(controls, { timeoutMs: 500 });
const patiently = (...controls: string[]) => seesTheWorld(controls, { timeoutMs: 30_000 });

it('sees the world when one control answers, whatever it says', async () => {
  const refused = `http://127.0.0.1:${bad.refusedPort}`;
  expect(await sees(refused, await control(bad.reply(500)))).toBe(true);
  expect(await sees(await control(bad.hang), await control(bad.endlessBody))).toBe(true);
  expect(servers[0]?.requests[0]).toMatchObject({ method: 'GET', path: '/any?x=1' });
});

it('is blind only when none of them answers', async () => {
  const refused = `http://127.0.0.1:${bad.refusedPort}`;
  expect(await sees(refused, await control(bad.hang), await control(bad.reset))).toBe(false);
  expect(await sees('not a url', 'ftp://127.0.0.1/')).toBe(false);
});

it('without controls it cannot tell, and believes what it sees', async () => {
  expect(await sees()).toBe(true);
});

it('leaves no connection behind once it has seen enough', async () => {
  expect(await patiently(await control(bad.hang), await control(bad.reply(200)))).toBe(true);
  await expect.poll(() => servers.map((server) => server.open()), { interval: 5 }).toEqual([0, 0]);
});
