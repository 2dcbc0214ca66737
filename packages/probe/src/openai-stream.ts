import type { Raw, StreamAsk, Target, Timings } from '@evac/core';
import { lazyBody } from './body.ts';
import { usualWarningMs, warnOfExpiry } from './certificate.ts';
import { type Found, found } from './found.ts';
import { generationBody, modelsPath } from './generation.ts';
import { readIdentity } from './identity.ts';
import type { Means } from './means.ts';
import { watchSilence } from './silence.ts';
import { unexpectedStatus } from './status.ts';
import { judgeStream } from './stream-judge.ts';
import { createStreamReader, type StreamFacts } from './stream-reader.ts';
import { type Destination, destinationOf } from './wire/destination.ts';
import { type Exchange, type Running, startExchange } from './wire/exchange.ts';
import { fault } from './wire/fault.ts';
import { type RequestAsk, writeRequest } from './wire/request.ts';

/** Models that servers named when they were asked, by target. */
export type LearnedModels = Map<string, string>;

/** Asks for a real generation and reads it as it streams. */
export async function probeStream(
  target: Target,
  ask: StreamAsk,
  expectedModel: string | null,
  learned: LearnedModels,
  means: Means,
): Promise<Found> {
  const started = performance.now();
  const destination = destinationOf(target.address);
  const exchangeFor = (request: Pick<RequestAsk, 'method' | 'path' | 'body'>, headers = ask.headers) =>
    prepare(destination, { ...request, headers }, ask, started, means);

  let model = ask.model ?? expectedModel ?? learned.get(target.id) ?? null;
  if (model === null) {
    const list = exchangeFor({ method: 'GET', path: modelsPath(ask.path), body: null });
    if (list.kind === 'mistake') return found(list);
    const first = firstModel(await list.start(null).result, ask);
    if (typeof first !== 'string') return found(first);
    learned.set(target.id, first);
    model = first;
  }
  const generation = exchangeFor(
    { method: 'POST', path: ask.path, body: generationBody(ask, model, means.random) },
    { 'content-type': 'application/json', accept: 'text/event-stream', ...ask.headers },
  );
  if (generation.kind === 'mistake') return found(generation);

  const asked = performance.now();
  const reader = createStreamReader(() => performance.now() - started);
  const running = generation.start((part) => {
    const before = reader.facts.pieces.length;
    const broken = reader.push(part);
    if (broken !== null) return running.stop(broken);
    const { pieces, finishReason } = reader.facts;
    if (pieces.length > before || finishReason !== null) watch.token(reader.facts);
    // Some servers leave the connection open after the end; nothing follows that we want.
    if (reader.facts.done || reader.facts.error !== null) queueMicrotask(() => running.stop(null));
  });
  const watch = watchSilence(ask, running);
  const exchange = await running.result;
  watch.end();

  const timings = timingsOf(exchange, reader.facts, asked - started);
  const warnings = warnOfExpiry(exchange.certificateEnds, means.clock.now(), usualWarningMs);
  const { head } = exchange;
  if (head === null) return found(exchange.fault ?? noHead, { timings, warnings });
  if (head.status !== 200) {
    // The server may serve another model by now: ask it again the next time.
    learned.delete(target.id);
    return found(unexpectedStatus({ ...head, body: exchange.body }, '200', ask), { timings, warnings });
  }
  const raw = judgeStream(reader.facts, exchange, {
    model: expectedModel,
    accepted: ask.accepted,
    contentType: head.headers.get('content-type') ?? null,
  });
  if (raw.kind === 'answered' && !reader.facts.done) warnings.push('the stream ended without [DONE]');
  const firstTokenMs = reader.facts.firstTokenAt;
  return found(describe(raw, firstTokenMs, timings), {
    timings,
    firstTokenMs,
    warnings,
    model: reader.facts.model,
    revision: reader.facts.revision,
  });
}

const noHead: Raw = fault('connection-closed', 'no response');

type Prepared =
  | { kind: 'ready'; start(sink: ((part: Buffer) => void) | null): Running }
  | { kind: 'mistake'; detail: string };

function prepare(
  destination: Destination,
  request: RequestAsk,
  ask: StreamAsk,
  started: number,
  means: Means,
): Prepared {
  const written = writeRequest(request, destination);
  if ('mistake' in written) return { kind: 'mistake', detail: written.mistake };
  return {
    kind: 'ready',
    start: (sink) =>
      startExchange(
        {
          destination,
          request: written.text,
          toHead: false,
          deadlineMs: Math.max(1, ask.timeoutMs - (performance.now() - started)),
          maxBodyBytes: ask.maxBodyBytes,
          pool: means.pool,
          signal: means.signal,
          onHead: (head) => (head.status === 200 ? sink : null),
        },
        means.wire,
      ),
  };
}

function firstModel(exchange: Exchange, ask: StreamAsk): string | Raw {
  const { head, body } = exchange;
  if (head !== null && head.status !== 200) return unexpectedStatus({ ...head, body }, '200', ask);
  if (exchange.fault !== null) return exchange.fault;
  const json = lazyBody(body).json();
  if (json === undefined) return fault('invalid-json', 'the list of models is not JSON');
  return readIdentity(json)?.models[0] ?? fault('wrong-model', 'serves no model, expected at least one');
}

function timingsOf(exchange: Exchange, facts: StreamFacts, askedMs: number): Timings {
  const { firstTokenAt, lastTokenAt, pieces } = facts;
  const since = (ms: number | null) => (ms === null ? null : ms + askedMs);
  const spanMs = firstTokenAt === null || lastTokenAt === null ? 0 : lastTokenAt - firstTokenAt;
  // The first token's time is the prompt's, so the rate is that of the tokens after it.
  const after = (facts.completionTokens ?? pieces.length) - 1;
  return {
    connectMs: since(exchange.connectMs),
    firstByteMs: since(exchange.firstByteMs),
    longestGapMs: pieces.length > 1 ? facts.longestGapMs : null,
    tokensPerSecond: spanMs > 0 && after > 0 ? (after * 1_000) / spanMs : null,
  };
}

function describe(raw: Raw, firstTokenMs: number | null, { tokensPerSecond }: Timings): Raw {
  if (raw.kind !== 'answered' || firstTokenMs === null) return raw;
  const rate = tokensPerSecond === null ? '' : `, ${Math.round(tokensPerSecond)} tokens/s`;
  return { ...raw, detail: `${raw.detail}, first token in ${Math.round(firstTokenMs)}ms${rate}` };
}
