import type { HttpAsk, ProbeAsk, ProgressAsk, StreamAsk, TcpAsk, TlsAsk } from '../../probe-spec.ts';

/**
 * What is known of a server before anybody measured yours. `{model}` in a path or body stands for the service's model.
 *
 * How often to ask is the owner's choice (a promise to keep, a bill to pay), so the shallow interval is 5 s for every
 * server, and a preset states one only where the server's own nature forbids 5 s. What the nature of a server does
 * decide is here: how long an answer may take, how many failures mean something, how long its start takes.
 */
export interface Preset {
  port: number;
  shallow: ProbeAsk;
  deep: ProbeAsk;
  progress: ProgressAsk | null;
  /** Only where 5 s would be too short for its shallow probe. */
  intervalMs?: number;
  deepIntervalMs: number;
  drainAfter: number;
  replaceAfter: number;
  /** How long a large model may take from the launch to the first answer. */
  graceMs: number;
  /** Only where a failure cannot be told from slowness within two minutes. */
  recoveryMs?: number;
}

export const second = 1_000;
export const minute = 60 * second;

/** A body read to its end proves nothing beyond this. */
const maxBodyBytes = 64 * 1_024;

/** The words servers and gateways use with a 503 when they are full. */
const overloadPattern =
  'overload|too many (concurrent )?requests|queue is full|maximum pending|busy|at capacity|no available (slot|worker)';

const loadingPattern = 'loading model|model is loading|still loading|not ready yet|starting up';

export function httpAsk(given: Partial<HttpAsk>): HttpAsk {
  return {
    kind: 'http',
    method: 'GET',
    path: '/',
    headers: {},
    body: null,
    assertions: [{ kind: 'status', from: 200, to: 299 }],
    followRedirects: 0,
    maxBodyBytes,
    overloadPattern,
    loadingPattern,
    timeoutMs: 3 * second,
    connection: 'fresh',
    ...given,
  };
}

/** A JSON question by POST. */
export function postAsk(path: string, body: unknown, given: Partial<HttpAsk>): HttpAsk {
  return httpAsk({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...given,
  });
}

/** Eight tokens: enough to see a gap between two of them, about 0.05% of a node's work every 30 s. */
export function streamAsk(given: Partial<StreamAsk>): StreamAsk {
  return {
    kind: 'openai-stream',
    path: given.api === 'completions' ? '/v1/completions' : '/v1/chat/completions',
    api: 'chat',
    headers: {},
    model: null,
    prompt: 'Count from 1 to 9, separated by commas.',
    maxTokens: 8,
    nonce: true,
    firstTokenMs: 10 * second,
    longestGapMs: 5 * second,
    accepted: null,
    maxBodyBytes,
    overloadPattern,
    loadingPattern,
    timeoutMs: 20 * second,
    connection: 'fresh',
    ...given,
  };
}

export function tcpAsk(given: Partial<TcpAsk>): TcpAsk {
  return { kind: 'tcp', timeoutMs: 3 * second, connection: 'fresh', ...given };
}

export function tlsAsk(given: Partial<TlsAsk>): TlsAsk {
  return {
    kind: 'tls',
    warnBeforeExpiryMs: 14 * 24 * 60 * minute,
    timeoutMs: 3 * second,
    connection: 'fresh',
    ...given,
  };
}

export function progressAsk(given: Partial<ProgressAsk>): ProgressAsk {
  return {
    path: '/metrics',
    port: null,
    timeoutMs: 2 * second,
    tokens: [],
    running: [],
    waiting: [],
    gapMs: second,
    ...given,
  };
}
