import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WorldDescription } from '@evac/sim';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { get } from './world.ts';

const evac = path.resolve(import.meta.dirname, '../../packages/cli/bin/evac.js');
let home: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'evac-test-'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(home, { recursive: true });
});

// Worlds are remembered in the temporary directory: here, one of this test's own.
const env = (directory: string) => {
  const { FORCE_COLOR: _, ...rest } = process.env;
  return { ...rest, TMPDIR: directory, NO_COLOR: '1' };
};
/** One in which no other test has a world. */
const ownDirectory = () => mkdtemp(path.join(home, 'own-'));

const up = (...args: string[]) => upIn(home, ...args);
const run = (...args: string[]) => runIn(home, ...args);

async function upIn(directory: string, ...args: string[]): Promise<{ child: ChildProcess; said: string }> {
  const command = [evac, 'sim', 'up', '--zones', '1', '--nodes', '1', '--scale', '0.02', ...args];
  const child = spawn(process.execPath, command, {
    env: env(directory),
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  children.push(child);
  const [said] = await once(child.stdout!, 'data');
  return { child, said: String(said) };
}

function runIn(directory: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [evac, 'sim', ...args], { env: env(directory) }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

test('without a world, the commands say how to get one', async () => {
  const { code, err } = await runIn(await ownDirectory(), 'status');
  expect(code).toBe(2);
  expect(err).toBe(
    'evac: no world runs on this machine: start one with "evac sim up", or name one with --world\n',
  );
});

describe('a world from the command line', () => {
  let world: WorldDescription;

  beforeAll(async () => {
    const { said } = await up('--json');
    expect(said.trimEnd().split('\n')).toHaveLength(1);
    world = JSON.parse(said);
  });

  test('is broken, shown and mended by name, without saying which world', async () => {
    const [node] = world.regions[1]!.nodes;
    const url = `http://${node!.host}:${node!.port}/health`;
    const broken = await run('fault', 'node-crash', node!.id);
    expect(broken).toMatchObject({ code: 0, out: `node-crash strikes ${node!.id}\n` });
    expect(await get(url)).toBe('refused');
    expect((await run('status')).out).toMatch(new RegExp(`${node!.id} .*node-crash\n`));
    const mended = await run('fault', 'node-crash', '--off', '--json');
    expect(JSON.parse(mended.out)).toEqual({
      on: false,
      changed: [{ name: 'node-crash', target: node!.id }],
    });
    await expect.poll(() => get(url)).toBe(200);
  });

  test('mistakes are one sentence', async () => {
    const wrongName = await run('fault', 'node-crush');
    expect(wrongName.code).toBe(2);
    expect(wrongName.err).toMatch(/^evac: there is no fault named "node-crush": there are node-crash, .*\n$/);
    const wrongWorld = await run('status', '--world', 'http://127.0.0.1:1');
    expect(wrongWorld.err).toBe('evac: no world answers at http://127.0.0.1:1\n');
    const wrongUrl = await run('status', '--world', 'here');
    expect(wrongUrl.err).toMatch(/^evac: --world takes an address such as .*, not "here"\n$/);
  });

  test('beside another has to be named', async () => {
    const other = await up();
    expect(other.said).toContain('Ctrl-C ends it.');
    const { code, err } = await run('fault', 'zone-loss');
    expect(code).toBe(2);
    expect(err).toMatch(/2 worlds run on this machine, choose one:\n {2}--world http/);
    expect((await run('fault', 'zone-loss', '--world', world.admin)).code).toBe(0);
    other.child.kill('SIGINT');
    expect(await once(other.child, 'exit')).toEqual([0, null]);
  });

  test('ends when it is asked to, and is forgotten', async () => {
    const directory = await ownDirectory();
    const { child, said } = await upIn(directory, '--json');
    const { admin }: WorldDescription = JSON.parse(said);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await get(`${admin}/view`)).toBe('refused');
    const remembered = (await readdir(directory, { recursive: true })).filter((file) =>
      file.endsWith('.json'),
    );
    expect(remembered).toEqual([]);
  });
});

test('a world ends with the process that started it', async () => {
  const { child } = await up('--json');
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('options that make no sense are refused', async () => {
  expect(await run('up', '--regions', '9')).toMatchObject({
    code: 2,
    err: 'evac: the world cannot start: regions must be a whole number from 1 to 6, not 9\n',
  });
  expect((await run('up', '--scale', 'fast')).err).toMatch(/argument 'fast' is invalid. It must be a number/);
});

test('the list of faults needs no world', async () => {
  const { out } = await run('fault', '--json');
  expect(JSON.parse(out)).toHaveLength(17);
});
