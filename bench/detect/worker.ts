import { parentPort } from 'node:worker_threads';
import { faultClasses } from './fault.ts';
import { liveThroughHealthyTime } from './healthy-time.ts';
import type { Done, Task } from './measure.ts';
import { tryFault } from './trial.ts';

parentPort?.on('message', (task: Task) => parentPort?.postMessage(perform(task)));

function perform(task: Task): Done {
  if (task.kind === 'healthy') return { kind: 'healthy', time: liveThroughHealthyTime(task.seed) };
  const of = faultClasses.find(({ id }) => id === task.id);
  if (!of) throw new Error(`no faults are called ${task.id}`);
  return { kind: 'faults', id: task.id, trials: task.seeds.map((seed) => tryFault(of, seed)) };
}
