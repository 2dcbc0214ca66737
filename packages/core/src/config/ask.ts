import type { z } from 'zod';
import type { Assertion, HttpAsk, ProbeAsk, ProgressAsk, StreamAsk } from '../probe-spec.ts';
import { httpAsk, progressAsk, streamAsk, tcpAsk, tlsAsk } from './presets/preset.ts';
import type { probeSchema, progressSchema } from './probe-schema.ts';

type GivenProbe = z.output<typeof probeSchema>;
type GivenHttp = Extract<GivenProbe, { kind: 'http' }>;
type GivenStream = Extract<GivenProbe, { kind: 'openai-stream' }>;

/** The preset's question with the owner's words over it; of another kind, the owner's alone. */
export function mergeAsk(preset: ProbeAsk, given: GivenProbe | undefined, timeoutMs: number): ProbeAsk {
  if (!given) return { ...preset, timeoutMs };
  const shared = { timeoutMs, ...defined({ connection: given.connection }) };
  switch (given.kind) {
    case 'http':
      return { ...(preset.kind === 'http' ? preset : httpAsk({})), ...httpWords(given), ...shared };
    case 'openai-stream':
      return {
        ...(preset.kind === 'openai-stream' ? preset : streamBase(given)),
        ...streamWords(given),
        ...shared,
      };
    case 'tcp':
      return { ...tcpAsk({}), ...shared };
    case 'tls':
      return { ...tlsAsk({}), ...defined({ warnBeforeExpiryMs: given.warnBeforeExpiry }), ...shared };
  }
}

function streamBase(given: GivenStream): StreamAsk {
  return streamAsk(defined({ api: given.api }));
}

function httpWords(given: GivenHttp): Partial<HttpAsk> {
  const body = typeof given.body === 'object' ? JSON.stringify(given.body) : given.body;
  // A body that was written as an object is JSON, unless a header says otherwise.
  const json = typeof given.body === 'object' ? { 'content-type': 'application/json' } : undefined;
  const headers = given.headers || json ? { ...json, ...lowerCased(given.headers ?? {}) } : undefined;
  return defined({
    method: given.method ?? (body === undefined ? undefined : 'POST'),
    path: given.path,
    headers,
    body,
    assertions: given.expect && assertionsOf(given.expect),
    followRedirects: given.followRedirects,
    maxBodyBytes: given.maxBody,
    overloadPattern: given.overload,
    loadingPattern: given.loading,
  });
}

function streamWords(given: GivenStream): Partial<StreamAsk> {
  const usualPath = given.api === 'completions' ? '/v1/completions' : '/v1/chat/completions';
  return defined({
    api: given.api,
    path: given.path ?? (given.api && usualPath),
    headers: given.headers && lowerCased(given.headers),
    prompt: given.prompt,
    maxTokens: given.maxTokens,
    nonce: given.nonce,
    firstTokenMs: given.firstToken,
    longestGapMs: given.longestGap,
    accepted: given.accepted,
    maxBodyBytes: given.maxBody,
    overloadPattern: given.overload,
    loadingPattern: given.loading,
  });
}

/** Every one of them has to hold. */
function assertionsOf(expect: NonNullable<GivenHttp['expect']>): Assertion[] {
  return [
    statusOf(expect.status ?? '200-299'),
    ...Object.entries(expect.headers ?? {}).map(
      ([name, pattern]): Assertion => ({ kind: 'header', name: name.toLowerCase(), pattern }),
    ),
    ...listOf(expect.includes).map((text): Assertion => ({ kind: 'body-includes', text })),
    ...listOf(expect.excludes).map((text): Assertion => ({ kind: 'body-excludes', text })),
    ...listOf(expect.matches).map((pattern): Assertion => ({ kind: 'body-matches', pattern })),
    ...(expect.jsonPath ?? []).map(
      ({ path, equals, matches }): Assertion => ({
        kind: 'json-path',
        path,
        ...defined({ equals, pattern: matches }),
      }),
    ),
    ...listOf(expect.size).map(
      ({ min, max }): Assertion => ({
        kind: 'body-size',
        minBytes: min ?? 0,
        maxBytes: max ?? Number.MAX_SAFE_INTEGER,
      }),
    ),
    ...listOf(expect.latency).map((maxMs): Assertion => ({ kind: 'latency', maxMs })),
  ];
}

function statusOf(status: number | string): Assertion {
  const [from, to] = String(status).split('-').map(Number);
  return { kind: 'status', from: from ?? 200, to: to ?? from ?? 299 };
}

/** Null turns progress counters off. */
export function mergeProgress(
  preset: ProgressAsk | null,
  given: z.output<typeof progressSchema> | false | undefined,
): ProgressAsk | null {
  if (given === false) return null;
  if (!given) return preset;
  return {
    ...(preset ?? progressAsk({})),
    ...defined({
      path: given.path,
      port: given.port,
      timeoutMs: given.timeout,
      tokens: given.tokens,
      running: given.running,
      waiting: given.waiting,
      gapMs: given.gap,
    }),
  };
}

/** Puts the model where the preset left `{model}` for it. */
export function withModel(ask: ProbeAsk, model: string | null): ProbeAsk {
  if (ask.kind === 'openai-stream') return { ...ask, model };
  if (ask.kind !== 'http' || model === null) return ask;
  return { ...ask, path: ask.path.replaceAll('{model}', encodeURIComponent(model)) };
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is undefined, so that it does not hide a default when spread. */
export function defined<T extends object>(object: T): Defined<T> {
  const kept: Defined<T> = {};
  for (const key in object) {
    const value = object[key];
    if (isDefined(value)) kept[key] = value;
  }
  return kept;
}

function isDefined<T>(value: T): value is Exclude<T, undefined> {
  return value !== undefined;
}
