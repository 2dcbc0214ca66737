import { parentPort } from 'node:worker_threads';
import { type Catch, hunt } from './hunt.ts';
import { defects } from './index.ts';

/** One thread, one defect at a time: virtual time replaces a thread's timers. */

export interface Task {
  defect: string;
  from: number;
  within?: number;
}

/** What it says: each scene that it begins to play, and at last what came of it. */
export type Report =
  | { playing: { defect: string; from: number; seed: number; played: number } }
  | { caught: Catch };

const say = (report: Report) => parentPort?.postMessage(report);

parentPort?.on('message', async ({ defect: name, from, ...limit }: Task) => {
  const defect = defects.find((d) => d.name === name);
  if (!defect) return;
  const onPlay = (seed: number, played: number) => say({ playing: { defect: name, from, seed, played } });
  say({ caught: await hunt(defect, { from, ...limit, onPlay }) });
});
