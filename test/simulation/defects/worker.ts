import { parentPort } from 'node:worker_threads';
import { hunt } from './hunt.ts';
import { defects } from './index.ts';

/** One thread, one defect at a time: virtual time replaces a thread's timers. */

export interface Task {
  defect: string;
  from: number;
  within?: number;
}

parentPort?.on('message', async ({ defect: name, from, within }: Task) => {
  const defect = defects.find((d) => d.name === name);
  if (defect) parentPort?.postMessage(await hunt(defect, from, within));
});
