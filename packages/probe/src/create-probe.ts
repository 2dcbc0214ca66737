import {
  type Clock,
  classify,
  type Outcome,
  type ProbePort,
  type Progress,
  type Random,
  type Readings,
  wantsProgress,
} from '@evac/core';
import { type Found, found } from './found.ts';
import { probeHttp } from './http.ts';
import type { Means } from './means.ts';
import { type LearnedModels, probeStream } from './openai-stream.ts';
import { PatternError } from './pattern.ts';
import { createProgressReader, type ProgressReader } from './progress.ts';
import { probeTcp } from './tcp.ts';
import { probeTls } from './tls.ts';
import { createPool } from './wire/pool.ts';
import type { WireOptions } from './wire/wire.ts';

export interface ProbeOptions {
  clock: Clock;
  random: Random;
  /** PEM certificates to trust instead of Node's own: a private authority. */
  ca?: string[];
}

type ProbeQuestion = Parameters<ProbePort['ask']>[0];

/** Servers close connections that were idle for longer than this sooner or later. */
const idleMs = 60_000;

/**
 * Asks targets over the network. Nothing is retried and nothing is judged beyond the one exchange; an ask takes at most
 * its `timeoutMs`, and after a failure that the counters may explain twice the progress timeout and the gap more.
 * `close` drops the connections kept for reuse.
 */
export function createProbe({ clock, random, ca }: ProbeOptions): ProbePort & { close(): void } {
  const pool = createPool(idleMs);
  const learned: LearnedModels = new Map();
  const wire: WireOptions = { ca: ca ?? null };

  return {
    async ask(question) {
      const { target, check, probe, progress } = question;
      const started = performance.now();
      const signal = question.signal ?? null;
      const means: Means = { clock, random, pool: probe.connection === 'reuse' ? pool : null, wire, signal };
      const seen = await guard(() => askProtocol(question, learned, means));
      const latencyMs = performance.now() - started;

      const reader = progress && createProgressReader(target.address, progress, means);
      const readings = await readCounters(reader, seen, check, signal);
      const { finding, detail } = classify(seen.raw, readings.pair);
      return {
        ...finding,
        target: target.id,
        check,
        at: clock.now(),
        latencyMs,
        detail,
        timings: seen.timings,
        ...(seen.firstTokenMs !== null && { firstTokenMs: seen.firstTokenMs }),
        ...(readings.last !== null && { progress: readings.last }),
        ...(seen.model !== null && { model: seen.model }),
        ...(seen.revision !== null && { revision: seen.revision }),
        ...(seen.warnings.length > 0 && { warnings: seen.warnings }),
      } satisfies Outcome;
    },
    close: () => pool.close(),
  };
}

function askProtocol(question: ProbeQuestion, learned: LearnedModels, means: Means): Promise<Found> {
  const { target, probe, model } = question;
  switch (probe.kind) {
    case 'http':
      return probeHttp(target, probe, model, means);
    case 'openai-stream':
      return probeStream(target, probe, model, learned, means);
    case 'tcp':
      return probeTcp(target, probe, means);
    case 'tls':
      return probeTls(target, probe, means);
  }
}

/** A probe never rejects: a pattern that cannot be used is our mistake, anything else a fault of this vantage. */
async function guard(ask: () => Promise<Found>): Promise<Found> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof PatternError) return found({ kind: 'mistake', detail: error.message });
    const detail = `the probe itself failed: ${error instanceof Error ? error.message : error}`;
    return found({ kind: 'nothing', reason: 'vantage-blind', detail });
  }
}

interface Counters {
  pair: Readings | null;
  last: Progress | null;
}

/** Two readings explain a failure; one, beside a generation that went well, shows that the counters move. */
async function readCounters(
  reader: ProgressReader | null,
  seen: Found,
  check: ProbeQuestion['check'],
  signal: AbortSignal | null,
): Promise<Counters> {
  if (reader === null) return { pair: null, last: null };
  try {
    if (wantsProgress(seen.raw)) {
      const pair = await reader.twice(signal);
      return { pair, last: pair?.after ?? null };
    }
    const last = check === 'deep' && seen.raw.kind === 'answered' ? await reader.once(signal) : null;
    return { pair: null, last };
  } catch {
    // The pause between two readings was cut short with the round.
    return { pair: null, last: null };
  }
}
