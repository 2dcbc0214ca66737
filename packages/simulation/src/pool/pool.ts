import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Scene, SceneResult } from '../contract.ts';
import type { Shrunk } from '../shrink/shrink.ts';
import { brokenResult, type Report, type Task } from './task.ts';

export interface PoolOptions {
  /** A module that exports `play`; the engine with all its rules unless given. */
  player?: URL;
  /** As many as there are cores, unless given. */
  workers?: number;
  /** Of real time without a word from a worker, in ms, after which its scene counts as hung; 2 minutes unless given. */
  patienceMs?: number;
}

/** Scenes on all cores, one at a time on each. */
export interface Pool {
  readonly workers: number;
  /** Never rejects: a scene that throws or hangs has broken the rule that scenes play to their end. */
  play(scene: Scene | number, onLine?: (line: string) => void): Promise<SceneResult>;
  /** For `forMs` of real time at most; the smallest so far where a smaller one hangs. */
  shrink(scene: Scene, invariant: string, forMs: number, onTry?: OnTry): Promise<Shrunk>;
  close(): Promise<void>;
}

/** For what is new, twice on each thread. Nearly all that a scene makes is soon garbage: the more fits, the less often is it swept. */
const youngMb = 64;

type OnTry = (tries: number, smallest: Scene) => void;

interface Slot {
  worker: Worker;
  dead: boolean;
}

export function createPool({
  player = new URL('../play.ts', import.meta.url),
  workers = availableParallelism(),
  patienceMs = 120_000,
}: PoolOptions): Pool {
  // A thread's resourceLimits say how far it may grow, and where nothing survives it does not.
  for (const flag of ['min', 'max']) setFlagsFromString(`--${flag}-semi-space-size=${youngMb}`);
  const idle = Array.from({ length: workers }, () => start(player));
  const waiting: ((slot: Slot) => void)[] = [];

  /** Hands the task to the next free worker; when that one dies or hangs, the promise rejects. */
  async function run<T>(task: Task, take: (report: Report) => T | undefined): Promise<T> {
    const free = idle.pop() ?? (await new Promise<Slot>((resolve) => waiting.push(resolve)));
    const slot = free.dead ? start(player) : free;
    try {
      return await ask(slot.worker, task, take, patienceMs);
    } catch (error) {
      await slot.worker.terminate();
      throw error;
    } finally {
      const next = waiting.shift();
      if (next) next(slot);
      else idle.push(slot);
    }
  }

  return {
    workers,
    play: (scene, onLine) =>
      run({ kind: 'play', scene, trace: onLine !== undefined }, (report) => {
        if (report.kind === 'line') onLine?.(report.line);
        return report.kind === 'played' ? report.result : undefined;
      }).catch((error) => brokenResult(typeof scene === 'number' ? scene : scene.seed, textOf(error))),
    shrink(scene, invariant, forMs, onTry) {
      let best: Shrunk = { scene, tries: 0, finished: false };
      return run({ kind: 'shrink', scene, invariant, forMs }, (report) => {
        if (report.kind === 'try') {
          best = { scene: report.smallest, tries: report.tries, finished: false };
          onTry?.(report.tries, report.smallest);
        }
        return report.kind === 'shrunk' ? report.shrunk : undefined;
      }).catch(() => best);
    },
    async close() {
      await Promise.all(idle.map(({ worker }) => worker.terminate()));
    },
  };
}

function start(player: URL): Slot {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { player: player.href } });
  const slot = { worker, dead: false };
  // Who waits for an answer hears of it as well; one may also die of what its last scene has left behind.
  worker.on('error', () => {});
  worker.on('exit', () => {
    slot.dead = true;
  });
  return slot;
}

function ask<T>(
  worker: Worker,
  task: Task,
  take: (report: Report) => T | undefined,
  patienceMs: number,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const patience = setTimeout(
    () => reject(new Error(`it said nothing for ${patienceMs / 1_000} s of real time`)),
    patienceMs,
  );
  const onMessage = (report: Report) => {
    patience.refresh();
    const result = take(report);
    if (result !== undefined) resolve(result);
  };
  const onExit = (code: number) => reject(new Error(`its thread ended with ${code}`));
  worker.on('message', onMessage).on('error', reject).on('exit', onExit);
  worker.postMessage(task);
  return promise.finally(() => {
    clearTimeout(patience);
    worker.off('message', onMessage).off('error', reject).off('exit', onExit);
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
