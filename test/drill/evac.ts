import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

export const bin = path.resolve(import.meta.dirname, '../../packages/cli/bin/evac.js');

/** The command as a person starts it. */
export interface Evac {
  process: ChildProcess;
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  /** Its exit code, or the signal that ended it, once it is gone. */
  ended: Promise<number | string>;
}

/** A directory of this test's own: the working directory, and the temporary one, in which worlds are remembered. */
export async function ownDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'evac-drill-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export function evac(directory: string, ...args: string[]): Evac {
  return start(directory, process.execPath, [bin, ...args]);
}

export function start(directory: string, file: string, args: string[]): Evac {
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = spawn(file, args, {
    cwd: directory,
    env: { ...env, TMPDIR: directory, NO_COLOR: '1', TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended: once(child, 'close').then(([code, signal]) => code ?? signal),
  };
}

/** A command that ends by itself. */
export async function say(directory: string, ...args: string[]) {
  const said = evac(directory, ...args);
  const code = await said.ended;
  return { code, stdout: said.stdout(), stderr: said.stderr() };
}

/** The admin addresses of the worlds that run, or ran and left in a hurry. */
export async function worldsOf(directory: string): Promise<string[]> {
  const home = path.join(directory, `evac-worlds-${process.getuid?.() ?? 'user'}`);
  const files = await readdir(home).catch(() => []);
  return Promise.all(
    files.map(async (file) => JSON.parse(await readFile(path.join(home, file), 'utf8')).admin),
  );
}

/** Processes that this one started, and those that they started. */
export function descendants(pid: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []));
  return below(pid);
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Whether anything accepts a connection at each of these addresses. */
export async function answering(urls: string[]): Promise<string[]> {
  const answers = urls.map(async (url) => {
    const response = await fetch(url).catch(() => null);
    await response?.body?.cancel();
    return response ? [url] : [];
  });
  return (await Promise.all(answers)).flat();
}
