import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { WorldDescription } from '@evac/sim';
import type { OrchestratorEvent } from '../orchestrator/event.ts';

const evac = fileURLToPath(new URL('../../bin/evac.js', import.meta.url));

/** A process of ours: it ends with this one, whose end it hears of through its channel. */
export interface Child {
  process: ChildProcess;
  /** Asks it to end, insists after a while, and resolves when it is gone. */
  end(): Promise<void>;
  /** At once and without a word, as a machine that dies. */
  kill(): Promise<void>;
}

function start(args: string[], onLine: (line: string) => void): Child {
  const child = spawn(process.execPath, [evac, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const complaints: string[] = [];
  child.stderr?.on('data', (text: Buffer) => complaints.push(text.toString()));
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      // One that is killed may leave half a line.
      if (!child.killed || isJson(line)) onLine(line);
    });
  }
  child.once('exit', (code) => {
    if (code !== 0 && code !== null) process.stderr.write(complaints.join(''));
  });
  // Once its last words have been read, too.
  const gone = once(child, 'close');
  return {
    process: child,
    async end() {
      child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(insist);
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** A world in a process of its own; resolves when it serves. */
export async function startWorldProcess(options: {
  scale: number;
  seed: number;
}): Promise<{ description: WorldDescription; child: Child }> {
  const ready = Promise.withResolvers<WorldDescription>();
  const args = ['sim', 'up', '--json', '--scale', String(options.scale), '--seed', String(options.seed)];
  const child = start(args, (line) => ready.resolve(JSON.parse(line)));
  child.process.once('exit', (code) =>
    ready.reject(new Error(`the world ended before it served (exit ${code})`)),
  );
  return { description: await ready.promise, child };
}

/** The orchestrator in a process of its own. */
export function startOrchestratorProcess(
  options: { admin: string; seed: number },
  onEvent: (event: OrchestratorEvent) => void,
): Child {
  const args = ['run', '--json', '--world', options.admin, '--seed', String(options.seed)];
  return start(args, (line) => onEvent(JSON.parse(line)));
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
