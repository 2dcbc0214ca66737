import { isIP } from 'node:net';
import { type Destination, destinationKey } from './destination.ts';
import { type Fault, fault, faultOfClose, faultOfDeadline, faultOfError, type Phase } from './fault.ts';
import type { Head } from './head.ts';
import type { Pool } from './pool.ts';
import { ProtocolError } from './protocol-error.ts';
import { createResponseReader } from './response.ts';
import { dropWire, openWire, type Wire, type WireOptions } from './wire.ts';

/** One request and what may come back. */
export interface ExchangeAsk {
  destination: Destination;
  /** Head and body, ready to send. */
  request: string;
  toHead: boolean;
  /** From now on; then the socket is closed. */
  deadlineMs: number;
  maxBodyBytes: number;
  /** Where connections wait for reuse; null opens a fresh one and closes it. */
  pool: Pool | null;
  signal: AbortSignal | null;
  /** Takes the body as it comes; null (or no function) keeps it in {@link Exchange.body}. */
  onHead?: (head: Head) => ((part: Buffer) => void) | null;
}

export interface Exchange {
  /** Null when no complete head came. */
  head: Head | null;
  /** At most `maxBodyBytes` of it, also when there is a fault. */
  body: Buffer;
  /** Null when the response is complete, or whoever read it had enough. */
  fault: Fault | null;
  /** The response ended by its own framing, not by being stopped or by the connection's end. */
  framed: boolean;
  /** Milliseconds from the start; null where it did not get that far. A reused connection took 0. */
  connectMs: number | null;
  firstByteMs: number | null;
  certificateEnds: number | null;
}

export interface Running {
  result: Promise<Exchange>;
  phase(): Phase;
  /** Ends it now and closes the connection. */
  stop(fault: Fault | null): void;
}

/**
 * Sends one request and reads one response. `result` never rejects, and no socket survives it outside the pool. Throws
 * where no connection can be tried at all (a port out of range, a certificate that is none), and leaves nothing behind.
 */
export function startExchange(ask: ExchangeAsk, options: WireOptions): Running {
  const started = performance.now();
  const key = ask.pool === null ? '' : destinationKey(ask.destination);
  const parts: Buffer[] = [];
  let phase: Phase = 'lookup';
  let head: Head | null = null;
  let bytes = 0;
  let connectMs: number | null = null;
  let firstByteMs: number | null = null;
  let sink: ((part: Buffer) => void) | null = null;
  let reused = ask.pool?.take(key) ?? null;
  let wire: Wire;
  let settled = false;
  const { promise, resolve } = Promise.withResolvers<Exchange>();

  const reader = createResponseReader(ask.toHead, {
    head(seen) {
      head = seen;
      phase = 'body';
      sink = ask.onHead?.(seen) ?? null;
    },
    body(part) {
      if (settled) return;
      const room = ask.maxBodyBytes - bytes;
      bytes += part.length;
      if (sink !== null) sink(part);
      else if (room > 0) parts.push(part.length > room ? part.subarray(0, room) : part);
      if (bytes > ask.maxBodyBytes) {
        finish(fault('body-too-large', `the body is larger than ${ask.maxBodyBytes} bytes`), false);
      }
    },
  });

  function finish(found: Fault | null, framed: boolean): void {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    ask.signal?.removeEventListener('abort', onAbort);
    const certificateEnds = wire.certificateEnds;
    if (framed && ask.pool !== null && head?.keepAlive === true && !reader.overrun()) ask.pool.put(key, wire);
    else dropWire(wire);
    const body = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    resolve({ head, body, fault: found, framed, connectMs, firstByteMs, certificateEnds });
  }

  /** A kept connection may have been closed while it was idle: that says nothing about the server, so connect anew. */
  function startAnew(): boolean {
    if (reused === null || firstByteMs !== null || settled) return false;
    dropWire(reused);
    reused = null;
    wire = open();
    return true;
  }

  const user = {
    resolved() {
      phase = 'connect';
    },
    connected() {
      phase = ask.destination.secure ? 'handshake' : 'headers';
    },
    ready() {
      phase = 'headers';
      connectMs = performance.now() - started;
    },
    data(chunk: Buffer) {
      firstByteMs ??= performance.now() - started;
      try {
        if (reader.push(chunk)) finish(null, true);
      } catch (error) {
        finish(faultOfReader(error), false);
      }
    },
    end() {
      if (startAnew()) return;
      finish(reader.close() ? null : faultOfClose(phase), false);
    },
    error(error: Error) {
      if (startAnew()) return;
      finish(faultOfError(error, phase), false);
    },
  };

  function open(): Wire {
    phase = isIP(ask.destination.host) === 0 ? 'lookup' : 'connect';
    const opened = openWire(ask.destination, options, user);
    opened.socket.write(ask.request);
    return opened;
  }

  if (reused === null) {
    wire = open();
  } else {
    wire = reused;
    wire.user = user;
    connectMs = 0;
    phase = 'headers';
    wire.socket.write(ask.request);
  }
  // Not before there is a wire: where none can be opened at all, no timer may be left to end what never began.
  const timer = setTimeout(() => finish(faultOfDeadline(phase, ask.deadlineMs), false), ask.deadlineMs);
  const onAbort = () => finish({ kind: 'nothing', reason: 'aborted', detail: 'the round was over' }, false);
  if (ask.signal?.aborted === true) onAbort();
  else ask.signal?.addEventListener('abort', onAbort, { once: true });

  return { result: promise, phase: () => phase, stop: (found) => finish(found, false) };
}

function faultOfReader(error: unknown): Fault {
  if (error instanceof ProtocolError) return fault('protocol-error', error.message);
  return { kind: 'nothing', reason: 'vantage-blind', detail: `the probe itself failed: ${String(error)}` };
}
