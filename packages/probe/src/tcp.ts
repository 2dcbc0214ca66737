import type { Target, TcpAsk } from '@evac/core';
import { type Found, found, noTimings } from './found.ts';
import type { Means } from './means.ts';
import { destinationOf } from './wire/destination.ts';
import { touch } from './wire/touch.ts';

/** Whether somebody accepts connections there; nothing is sent. */
export async function probeTcp(target: Target, ask: TcpAsk, means: Means): Promise<Found> {
  const destination = { ...destinationOf(target.address), secure: false };
  const { fault, connectMs } = await touch(destination, ask.timeoutMs, means.signal, means.wire);
  const detail = `connected in ${Math.round(connectMs ?? 0)}ms`;
  return found(fault ?? { kind: 'answered', detail }, { timings: { ...noTimings, connectMs } });
}
