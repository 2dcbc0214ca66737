import { Worker } from 'node:worker_threads';
import { faultClasses } from './fault.ts';
import { type HealthyTime, healthyZoneYears } from './healthy-time.ts';
import type { Trial } from './trial.ts';

/** What one worker is asked: a world's healthy days, or some faults of one class. */
export type Task = { kind: 'healthy'; seed: number } | { kind: 'faults'; id: string; seeds: number[] };
export type Done = { kind: 'healthy'; time: HealthyTime } | { kind: 'faults'; id: string; trials: Trial[] };

export interface Order {
  seed: number;
  zoneYears: number;
  trials: number;
}

export interface Measured {
  zoneYears: number;
  worlds: number;
  alarms: Record<string, number>;
  /** By class of faults. */
  trials: Record<string, Trial[]>;
}

/** Everything, on so many cores. Which worlds are drawn does not depend on who draws them, or when. */
export async function measure(
  order: Order,
  workers: number,
  onProgress: (share: number) => void,
): Promise<Measured> {
  const measured: Measured = { zoneYears: 0, worlds: 0, alarms: {}, trials: {} };
  // Each takes about a second.
  const tasks = [...healthyTasks(order), ...faultTasks(order)];
  const left = tasks.values();
  let done = 0;
  const keep = (result: Done) => {
    if (result.kind === 'faults')
      measured.trials[result.id] = [...(measured.trials[result.id] ?? []), ...result.trials];
    else {
      measured.worlds++;
      measured.zoneYears += result.time.zoneYears;
      for (const [name, alarms] of Object.entries(result.time.alarms))
        measured.alarms[name] = (measured.alarms[name] ?? 0) + alarms;
    }
    onProgress(++done / tasks.length);
  };
  await Promise.all(Array.from({ length: workers }, () => work(left, keep)));
  return measured;
}

function healthyTasks({ seed: first, zoneYears }: Order): Task[] {
  const tasks: Task[] = [];
  for (let seed = first, years = 0; years < zoneYears; seed++) {
    tasks.push({ kind: 'healthy', seed });
    years += healthyZoneYears(seed);
  }
  return tasks;
}

/** Classes that a target is about get as many trials as a share of 99% needs. */
const timesTrials = new Map([
  ['lost', 4],
  ['errors-30', 4],
]);
const batch = 25;

function faultTasks({ seed, trials }: Order): Task[] {
  return faultClasses.flatMap(({ id }) => {
    const seeds = Array.from({ length: trials * (timesTrials.get(id) ?? 1) }, (_, i) => seed + i);
    return Array.from(
      { length: Math.ceil(seeds.length / batch) },
      (_, b): Task => ({ kind: 'faults', id, seeds: seeds.slice(b * batch, (b + 1) * batch) }),
    );
  });
}

function work(tasks: IterableIterator<Task>, keep: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    const next = () => {
      const { value: task } = tasks.next();
      if (task) worker.postMessage(task);
      else void worker.terminate().then(() => resolve());
    };
    worker.on('message', (done: Done) => {
      keep(done);
      next();
    });
    worker.once('error', reject);
    next();
  });
}
