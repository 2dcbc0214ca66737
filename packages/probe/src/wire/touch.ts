import { isIP } from 'node:net';
import type { Destination } from './destination.ts';
import { type Fault, faultOfClose, faultOfDeadline, faultOfError, type Phase } from './fault.ts';
import { dropWire, openWire, type WireOptions } from './wire.ts';

export interface Touched {
  fault: Fault | null;
  connectMs: number | null;
  certificateEnds: number | null;
}

/** Connects (and with TLS shakes hands), sends nothing, closes. Never rejects. */
export function touch(
  destination: Destination,
  deadlineMs: number,
  signal: AbortSignal | null,
  options: WireOptions,
): Promise<Touched> {
  const started = performance.now();
  const { promise, resolve } = Promise.withResolvers<Touched>();
  let phase: Phase = isIP(destination.host) === 0 ? 'lookup' : 'connect';

  function finish(fault: Fault | null): void {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    const connectMs = fault === null ? performance.now() - started : null;
    resolve({ fault, connectMs, certificateEnds: wire.certificateEnds });
    dropWire(wire);
  }

  const wire = openWire(destination, options, {
    resolved() {
      phase = 'connect';
    },
    connected() {
      phase = 'handshake';
    },
    ready: () => finish(null),
    data() {},
    end: () => finish(faultOfClose(phase)),
    error: (error) => finish(faultOfError(error, phase)),
  });
  const timer = setTimeout(() => finish(faultOfDeadline(phase, deadlineMs)), deadlineMs);
  const onAbort = () => finish({ kind: 'nothing', reason: 'aborted', detail: 'the round was over' });
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return promise;
}
