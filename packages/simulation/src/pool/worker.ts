import { parentPort, workerData } from 'node:worker_threads';
import type { Scene, SceneResult } from '../contract.ts';
import { drawScene } from '../draw/scene.ts';
import { shrinkScene } from '../shrink/shrink.ts';
import { brokenResult, type Play, type Report, type Task } from './task.ts';

/** One thread, one scene at a time: virtual time replaces a thread's timers. */

const { play }: { play: Play } = await import(workerData.player);

parentPort?.on('message', async (task: Task) => {
  say(task.kind === 'play' ? await played(task) : await shrunk(task));
});

/** Errors are everywhere in a scene, and hardly anybody reads where one comes from: all of it only where it is traced. */
const frames = { briefly: 1, traced: Error.stackTraceLimit };

async function played({ scene, trace }: Extract<Task, { kind: 'play' }>): Promise<Report> {
  Error.stackTraceLimit = trace ? frames.traced : frames.briefly;
  const drawn = typeof scene === 'number' ? drawScene(scene) : scene;
  const result = await resultOf(drawn, trace ? (line) => say({ kind: 'line', line }) : undefined);
  return { kind: 'played', result };
}

async function shrunk({ scene, invariant, forMs }: Extract<Task, { kind: 'shrink' }>): Promise<Report> {
  const breaks = async (candidate: Scene) => {
    const { violations } = await resultOf(candidate);
    return violations.some((violation) => violation.invariant === invariant);
  };
  const onTry = (tries: number, smallest: Scene) => say({ kind: 'try', tries, smallest });
  return { kind: 'shrunk', shrunk: await shrinkScene(scene, { breaks, forMs, onTry }) };
}

async function resultOf(scene: Scene, onLine?: (line: string) => void): Promise<SceneResult> {
  try {
    return await play(scene, onLine ? { onLine } : {});
  } catch (error) {
    return brokenResult(scene.seed, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

function say(report: Report): void {
  parentPort?.postMessage(report);
}
