import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { ours, suspects } from './course.ts';
import { faultClasses } from './fault.ts';
import type { HealthyTime } from './healthy-time.ts';
import { peers } from './peers.ts';
import type { Trial } from './trial.ts';

/** What one worker is asked: a world's healthy days, or some faults of one class. */
export type Task = { kind: 'healthy'; seed: number } | { kind: 'faults'; id: string; seeds: number[] };
export type Done = { kind: 'healthy'; time: HealthyTime } | { kind: 'faults'; id: string; trials: Trial[] };

export interface Measured {
  zoneYears: number;
  worlds: number;
  alarms: Record<string, number>;
  /** By class of faults. */
  trials: Record<string, Trial[]>;
}

export const detectorNames: readonly string[] = [ours, suspects, ...peers.map(({ name }) => name)];

/** Classes that a target is about get as many trials as a share of 99% needs. */
const trialsOfTargets = { lost: 4, 'errors-30': 4 };
const batch = 25;

/** Everything, on as many cores as there are. Each seed's world is drawn alike whoever draws it. */
export async function measure(
  order: { seed: number; zoneYears: number; trials: number },
  onProgress: (share: number) => void,
): Promise<Measured> {
  const measured: Measured = { zoneYears: 0, worlds: 0, alarms: {}, trials: {} };
  const faults = faultClasses.flatMap(({ id }): Task[] => {
    const count = order.trials * (new Map(Object.entries(trialsOfTargets)).get(id) ?? 1);
    return Array.from({ length: Math.ceil(count / batch) }, (_, b) => ({
      kind: 'faults',
      id,
      seeds: Array.from({ length: Math.min(batch, count - b * batch) }, (_, i) => order.seed + b * batch + i),
    }));
  });
  const left = [...faults];
  let nextWorld = order.seed;
  // Roughly: a zone-year of healthy time takes as long as a thousand faults.
  const share = () => {
    const years = Math.min(1, measured.zoneYears / order.zoneYears);
    const weight = { years: order.zoneYears, faults: (faults.length * batch) / 1_000 };
    return (
      (years * weight.years + (1 - left.length / faults.length) * weight.faults) /
      (weight.years + weight.faults)
    );
  };
  const take = (): Task | null => {
    if (measured.zoneYears < order.zoneYears) return { kind: 'healthy', seed: nextWorld++ };
    return left.shift() ?? null;
  };
  const keep = (done: Done) => {
    if (done.kind === 'faults')
      measured.trials[done.id] = [...(measured.trials[done.id] ?? []), ...done.trials];
    else {
      measured.worlds++;
      measured.zoneYears += done.time.zoneYears;
      for (const [name, alarms] of Object.entries(done.time.alarms))
        measured.alarms[name] = (measured.alarms[name] ?? 0) + alarms;
    }
    onProgress(share());
  };
  await Promise.all(Array.from({ length: availableParallelism() }, () => work(take, keep)));
  return measured;
}

function work(take: () => Task | null, keep: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    const next = () => {
      const task = take();
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
