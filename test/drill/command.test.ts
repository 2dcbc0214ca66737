import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DrillResult } from '@evac/console';
import { connectWorld } from '@evac/sim';
import { describe, expect, test } from 'vitest';
import { scenarios } from '../../packages/cli/src/drill/scenario.ts';
import {
  answering,
  bin,
  descendants,
  type Evac,
  evac,
  isAlive,
  ownDirectory,
  say,
  start,
  worldsOf,
} from './evac.ts';
import { missed } from './stage.ts';

const fast = ['--interval', '500ms'];

/** Everything that a drill has started, once its processes and its world are up. */
async function started(drill: Evac, directory: string) {
  const pid = drill.process.pid!;
  await expect.poll(() => worldsOf(directory)).toHaveLength(1);
  await expect.poll(() => descendants(pid).length).toBeGreaterThanOrEqual(2);
  const [admin] = await worldsOf(directory);
  const world = await connectWorld(admin!).description();
  const { regions, global } = world;
  const nodes = regions.flatMap((r) => r.nodes.map((n) => `http://${n.host}:${n.port}`));
  const urls = [admin!, global, ...regions.flatMap((r) => [r.api, r.endpoint]), ...nodes];
  return { pids: descendants(pid), urls };
}

async function expectNothingLeft({ pids, urls }: { pids: number[]; urls: string[] }, directory: string) {
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  expect(await answering(urls)).toEqual([]);
  expect(await worldsOf(directory)).toEqual([]);
}

describe('evac drill', () => {
  test('two at once print one object each, write their reports, and leave nothing behind', async () => {
    const names = ['node-crash', 'no-capacity'];
    const runs = await Promise.all(
      names.map(async (name) => {
        const directory = await ownDirectory();
        const drill = evac(directory, 'drill', name, ...fast, '--seed', '7', '--json', '--report', 'out');
        return { name, directory, drill, up: await started(drill, directory) };
      }),
    );
    expect(runs[0]!.up.urls.filter((url) => runs[1]!.up.urls.includes(url))).toEqual([]);
    for (const { name, directory, drill, up } of runs) {
      const code = await drill.ended;
      const result: DrillResult = JSON.parse(drill.stdout());
      expect(result).toMatchObject({ scenario: name, seed: 7, intervalMs: 500, passed: code === 0 });
      expect(missed(result, { timed: false })).toEqual([]);
      expect(Object.keys(result)).toEqual(expect.arrayContaining(asked));
      expect(Object.keys(result.requests).toSorted()).toEqual(['failed', 'p50Ms', 'p99Ms', 'total']);
      expect((await readdir(path.join(directory, 'out'))).toSorted()).toEqual(['report.html', 'result.json']);
      expect(JSON.parse(await readFile(path.join(directory, 'out/result.json'), 'utf8'))).toEqual([result]);
      if (name === 'no-capacity') expect(result).toMatchObject(nothingHappened);
      await expectNothingLeft(up, directory);
    }
  });

  test('ends everything at once when it is interrupted', async () => {
    const directory = await ownDirectory();
    const drill = evac(directory, 'drill', 'node-hang', ...fast);
    const up = await started(drill, directory);
    await expect.poll(() => drill.stdout()).toContain('fault');
    const asked = Date.now();
    drill.process.kill('SIGINT');
    expect(await drill.ended).toBe(130);
    // By itself it would go on for as long again as it has come.
    expect(Date.now() - asked).toBeLessThan(15_000);
    expect(drill.stderr()).toBe('');
    await expectNothingLeft(up, directory);
  });

  test('takes everything along when it is killed itself', async () => {
    const directory = await ownDirectory();
    const drill = evac(directory, 'drill', 'zone-loss', ...fast);
    const up = await started(drill, directory);
    drill.process.kill('SIGKILL');
    expect(await drill.ended).toBe('SIGKILL');
    await expectNothingLeft(up, directory);
  });

  const script = '/usr/bin/script';
  test.skipIf(process.platform !== 'linux' || !existsSync(script))(
    'gives a terminal back at Ctrl-C',
    async () => {
      const directory = await ownDirectory();
      const command = [process.execPath, bin, 'drill', 'node-hang', ...fast].join(' ');
      const terminal = start(directory, script, ['-q', '-e', '-c', command, '/dev/null']);
      const [hideCursor, showCursor, ctrlC] = ['\u001b[?25l', '\u001b[?25h', '\u0003'];
      await expect.poll(() => terminal.stdout()).toContain(hideCursor);
      const up = await started(terminal, directory);
      terminal.process.stdin!.write(ctrlC);
      expect(await terminal.ended).toBe(130);
      const out = terminal.stdout();
      expect(out.lastIndexOf(showCursor)).toBeGreaterThan(out.lastIndexOf(hideCursor));
      await expectNothingLeft(up, directory);
    },
  );

  test('lists what there is', async () => {
    const directory = await ownDirectory();
    const { code, stdout } = await say(directory, 'drill', '--list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}zone-loss +evacuate-zone +A whole zone/m);
    expect(stdout).toMatch(/^ {2}overload +no move /m);
    expect(stdout.trimEnd().split('\n')).toHaveLength(scenarios.length);
    const json = await say(directory, 'drill', '--list', '--json');
    expect(JSON.parse(json.stdout)).toEqual(scenarios);
  });

  test.each([
    [['nod-crash'], /^evac: there is no drill named "nod-crash": there are node-crash, node-hang, /],
    [[], /^evac: name a drill: there are node-crash, /],
    [['node-crash', '--interval', 'soon'], /'soon' is invalid. It must be a duration from 200ms to 1m/],
    [['node-crash', '--interval', '100ms'], /'100ms' is invalid. It must be a duration from 200ms to 1m/],
    [['node-crash', '--rate', '0'], /'0' is invalid. It must be a whole number above 0/],
    [['node-crash', '--seed', 'x'], /'x' is invalid. It must be a whole number above 0/],
  ])('%j is wrong usage', async (args, sentence) => {
    const { code, stdout, stderr } = await say(await ownDirectory(), 'drill', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });

  test('of a target that is none is wrong usage too, and leaves nothing behind', async () => {
    const directory = await ownDirectory();
    const drill = evac(directory, 'drill', 'zone-loss', ...fast, '--target', 'moon', '--json');
    const up = await started(drill, directory);
    expect(await drill.ended).toBe(2);
    expect(drill.stdout()).toBe('');
    expect(drill.stderr()).toMatch(
      /^evac: zone-loss strikes a zone, and "moon" is not one: us-west-2a, .*\n$/,
    );
    await expectNothingLeft(up, directory);
  });
});

/** Nulls, and no made-up numbers. */
const nothingHappened = { detectedMs: null, trafficStoppedMs: null, recoveredMs: null, moves: [] };

const asked = [
  'scenario',
  'seed',
  'intervalMs',
  'detectedMs',
  'trafficStoppedMs',
  'recoveredMs',
  'requests',
  'longestGapMs',
  'moves',
  'refusals',
  'passed',
];

describe('evac run', () => {
  test('without a world says how to get one', async () => {
    const { code, stderr } = await say(await ownDirectory(), 'run');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'evac: no world runs on this machine: start one with "evac sim up", or name one with --world\n',
    });
  });

  test('with a config of another service, or one with mistakes, says so', async () => {
    const directory = await ownDirectory();
    const world = evac(directory, 'sim', 'up', '--json', '--zones', '1', '--nodes', '1', '--scale', '0.02');
    await expect.poll(() => world.stdout()).toContain('\n');
    const other = path.resolve(import.meta.dirname, '../../evac.config.ts');
    expect(await say(directory, 'run', '--config', other)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'evac: the config has no service "chat", which is what this world serves; it has llm\n',
    });
    await writeFile(path.join(directory, 'bad.json'), '{"services":{"chat":{"preset":"vlm"}}}');
    const bad = await say(directory, 'run', '--config', 'bad.json');
    expect(bad.code).toBe(1);
    expect(bad.stderr).toMatch(/^services\.chat\.preset "vlm" must be one of /m);
    expect(bad.stderr).not.toContain('    at ');
    world.process.kill('SIGTERM');
    expect(await world.ended).toBe(0);
  });
});

test('evac demo --help', async () => {
  const { code, stdout } = await say(await ownDirectory(), 'demo', '--help');
  expect(code).toBe(0);
  expect(stdout).toContain('lose a node, a zone and a region');
  expect(stdout).toMatch(/--report <dir>.*\.evac\/demo/s);
});
