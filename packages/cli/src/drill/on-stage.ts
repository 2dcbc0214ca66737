import { constants } from 'node:os';
import type { Output } from '../output.ts';
import { type Show, startShow } from './show.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Brings a stage up, shows what `act` does on it, and ends it: when the act is over, when it fails, and when somebody
 * breaks it off. Returns the exit code: the act's, or what a shell expects of a process that a signal ended.
 */
export async function onStage(
  options: StageOptions,
  output: Output,
  act: (stage: Stage, show: Show) => Promise<number>,
): Promise<number> {
  output.progress('starting two regions …');
  const stage = await openStage(options);
  output.progress(null);
  const show = startShow(stage, output);
  const brokenOff = new AbortController();
  const breakOff = (signal: (typeof signals)[number]) => {
    brokenOff.abort(128 + constants.signals[signal]);
    show.close();
    void stage.end();
  };
  for (const signal of signals) process.once(signal, breakOff);
  try {
    return await act(stage, show);
  } catch (error) {
    if (brokenOff.signal.aborted) return Number(brokenOff.signal.reason);
    throw error;
  } finally {
    show.close();
    await stage.end();
    for (const signal of signals) process.off(signal, breakOff);
  }
}
