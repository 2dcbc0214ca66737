import { startWorld } from '@evac/sim';
import { expect, test } from 'vitest';
import { get, startTestWorld } from './world.ts';

/** What keeps a process alive, counted by kind. */
function handles(): Record<string, number> {
  const kinds = ['TCPServerWrap', 'TCPSocketWrap', 'UDPWrap', 'Timeout'];
  const all = process.getActiveResourcesInfo();
  return Object.fromEntries(kinds.map((kind) => [kind, all.filter((k) => k === kind).length]));
}

/** What other tests of this process have left may go meanwhile: at most as much as there was may be there. */
const more = (before: Record<string, number>) =>
  Object.entries(handles()).filter(([kind, count]) => count > (before[kind] ?? 0));

test('a world leaves no socket and no timer, even if it ends in the middle of everything', async () => {
  const before = handles();
  const t = await startTestWorld({ regions: 2, zones: 2, nodes: 1 });
  const [struck] = await t.nodesOf(0);
  await t.admin.fault({ name: 'node-hang', target: struck!.id, on: true });
  await t.admin.fault({ name: 'zone-loss', target: t.description.regions[1]!.zones[0]!.name, on: true });
  const url = `${struck!.url}/v1/completions`;
  const leave = new AbortController();
  const waiting = fetch(url, { method: 'POST', body: '{"prompt":"hi"}', signal: leave.signal }).catch(
    () => 'cut',
  );
  const load = Array.from({ length: 8 }, () =>
    fetch(`${t.description.regions[0]!.endpoint}/v1/completions`, {
      method: 'POST',
      body: '{"prompt":"hi"}',
    }).catch(() => 'cut'),
  );
  await t.world.stop();
  expect(await waiting).toBe('cut');
  await Promise.all(load);
  await expect.poll(() => more(before)).toEqual([]);
  expect(await get(`${t.description.admin}/view`)).toBe('refused');
});

test('POST /shutdown ends it', async () => {
  const t = await startTestWorld({ regions: 1, zones: 1, nodes: 1 });
  await t.admin.shutDown();
  await t.world.ended;
  expect(await get(`${t.description.admin}/view`)).toBe('refused');
});

test('two worlds run side by side', async () => {
  const worlds = await Promise.all([startTestWorld({ nodes: 1 }), startTestWorld({ nodes: 1 })]);
  const ports = worlds.map((w) => w.description.port);
  expect(ports[0]).not.toBe(ports[1]);
  for (const w of worlds) expect(await get(`${w.description.regions[0]!.endpoint}/health`)).toBe(200);
  for (const w of worlds) await w.world.stop();
});

test.each([
  [{ regions: 0 }, 'regions must be a whole number from 1 to 6, not 0'],
  [{ zones: 2.5 }, 'zones must be a whole number from 1 to 6, not 2.5'],
  [{ nodes: 21 }, 'nodes must be a whole number from 1 to 20, not 21'],
  [{ scale: 0 }, 'scale must be above 0 and at most 10, not 0'],
  [{ seed: 0.5 }, 'seed must be a whole number, not 0.5'],
])('%o is refused with a sentence', async (options, sentence) => {
  await expect(startWorld(options)).rejects.toThrow(sentence);
});
