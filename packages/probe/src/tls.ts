import type { Target, TlsAsk } from '@evac/core';
import { warnOfExpiry } from './certificate.ts';
import { type Found, found, noTimings } from './found.ts';
import type { Means } from './means.ts';
import { destinationOf } from './wire/destination.ts';
import { touch } from './wire/touch.ts';

/** Whether the server shows a certificate that is trusted, in force, and for this name. */
export async function probeTls(target: Target, ask: TlsAsk, means: Means): Promise<Found> {
  const destination = { ...destinationOf(target.address), secure: true };
  const touched = await touch(destination, ask.timeoutMs, means.signal, means.wire);
  const { fault, connectMs, certificateEnds } = touched;
  const ends =
    certificateEnds === null ? '' : `, certificate until ${new Date(certificateEnds).toISOString()}`;
  const detail = `TLS in ${Math.round(connectMs ?? 0)}ms${ends}`;
  return found(fault ?? { kind: 'answered', detail }, {
    timings: { ...noTimings, connectMs },
    warnings: warnOfExpiry(certificateEnds, means.clock.now(), ask.warnBeforeExpiryMs),
  });
}
