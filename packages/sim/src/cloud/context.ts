import { type Clock, PortError, type Random } from '@evac/core';
import type { CloudEvent } from './cloud.ts';

/** What every simulated service shares: time, chance, the end of the world and the timeline. */
export interface CloudContext {
  clock: Clock;
  random: Random;
  service: string;
  /** Multiplies the durations that AWS fixes and the spec does not name. */
  scale: number;
  stopped: AbortSignal;
  /** Runs later on the cloud's clock, or never if the cloud stops first. */
  after(ms: number, run: () => void): void;
  emit(event: Partial<CloudEvent> & Pick<CloudEvent, 'kind' | 'text'>): void;
}

/** Rejects an ask about a service that this world does not have. */
export function mustBeService(context: CloudContext, service: string): void {
  if (service === context.service) return;
  throw new PortError('not-found', `no service named ${service} here: this world runs ${context.service}`);
}

/** `prefix` and lower-case hexadecimal digits, as AWS makes its ids. */
export function makeId(random: Random, prefix: string, digits: number): string {
  let id = prefix;
  for (let i = 0; i < digits; i++) id += Math.floor(random.next() * 16).toString(16);
  return id;
}
