import { gunzipSync } from 'node:zlib';
import type { Address, Clock, Progress, ProgressAsk, Readings } from '@evac/core';
import { sumMetrics } from './prometheus.ts';
import { destinationOf } from './wire/destination.ts';
import { startExchange } from './wire/exchange.ts';
import type { Pool } from './wire/pool.ts';
import { writeRequest } from './wire/request.ts';
import type { WireOptions } from './wire/wire.ts';

/** A server's metrics are mostly histograms: some hundred KiB where many models and engines are behind one port. */
const maxMetricsBytes = 4 * 1_024 * 1_024;

/** A tenth of the bytes, most of which go from zone to zone. Python's and Go's Prometheus clients compress where they are asked to. */
const headers = { 'accept-encoding': 'gzip' };

export interface ProgressReader {
  /** One reading; null if the server has no metrics, or not all of the three counters. */
  once(signal: AbortSignal | null): Promise<Progress | null>;
  /** Two readings, `gapMs` apart; null unless both could be made. */
  twice(signal: AbortSignal | null): Promise<Readings | null>;
}

/** Reads the progress counters of one target. A port of its own is taken to speak plain HTTP. */
export function createProgressReader(
  address: Address,
  ask: ProgressAsk,
  means: { clock: Clock; pool: Pool | null; wire: WireOptions },
): ProgressReader {
  const own = destinationOf(address);
  const destination =
    ask.port === null || ask.port === own.port ? own : { ...own, port: ask.port, secure: false };

  async function once(signal: AbortSignal | null): Promise<Progress | null> {
    const request = writeRequest({ method: 'GET', path: ask.path, headers, body: null }, destination);
    if ('mistake' in request) return null;
    const { result } = startExchange(
      {
        destination,
        request: request.text,
        toHead: false,
        deadlineMs: ask.timeoutMs,
        maxBodyBytes: maxMetricsBytes,
        pool: means.pool,
        signal,
      },
      means.wire,
    );
    const { head, body, fault } = await result;
    if (fault !== null || head?.status !== 200) return null;
    const text = head.headers.get('content-encoding') === 'gzip' ? unzipped(body) : body;
    return text && readProgress(text.toString('utf8'), ask);
  }

  return {
    once,
    async twice(signal) {
      const before = await once(signal);
      if (before === null || signal?.aborted === true) return null;
      await means.clock.sleep(ask.gapMs, signal ?? undefined);
      const after = await once(signal);
      return after === null ? null : { before, after, gapMs: ask.gapMs };
    },
  };
}

/** Null where it is none, or would be longer than any server's metrics. */
function unzipped(body: Buffer): Buffer | null {
  try {
    return gunzipSync(body, { maxOutputLength: maxMetricsBytes });
  } catch {
    return null;
  }
}

function readProgress(text: string, ask: ProgressAsk): Progress | null {
  const found = sumMetrics(text, new Set([...ask.tokens, ...ask.running, ...ask.waiting]));
  const sum = (names: string[]): number | null => {
    const values = names.map((name) => found.get(name)).filter((value) => value !== undefined);
    return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
  };
  const tokens = sum(ask.tokens);
  const running = sum(ask.running);
  const waiting = sum(ask.waiting);
  // Without any gauge nothing is known of pending work, and "idle" would be made up.
  if (tokens === null || (running === null && waiting === null)) return null;
  return { tokens, running: running ?? 0, waiting: waiting ?? 0 };
}
