import type { Finding, Progress, Reason } from './outcome.ts';

/** What one exchange came to, before anybody judges it. */
export type Raw =
  | StatusSeen
  /** No answer, half an answer, or an answer with the right status and the wrong content. */
  | { kind: 'fault'; reason: Reason<'failed'>; detail: string }
  /** Our own mistake: a pattern, header or path that cannot be used. */
  | { kind: 'mistake'; detail: string }
  /** No evidence about the target at all. */
  | { kind: 'nothing'; reason: Reason<'unknown'>; detail: string }
  | { kind: 'answered'; detail: string };

/** A status that the asker did not expect. */
export interface StatusSeen {
  kind: 'status';
  status: number;
  /** The Retry-After header; null without one. */
  retryAfter: string | null;
  /** Which of the server's known 503 bodies this is. */
  marker: 'overload' | 'loading' | null;
  /** Status, body or Location as a person should see it: `status 503 "no capacity", expected 200-299`. */
  detail: string;
}

/** The server's counters, read twice after a failure. */
export interface Readings {
  before: Progress;
  after: Progress;
  gapMs: number;
}

export interface Classified {
  finding: Finding;
  detail: string;
}

/**
 * The outcome of one exchange, in this order: our own mistake, saturation, loading, and only then failure, which the
 * server's counters may explain. `readings` is null where the server has none, or they were not wanted.
 * How long and how often a failure must last is not judged here.
 */
export function classify(raw: Raw, readings: Readings | null): Classified {
  switch (raw.kind) {
    case 'answered':
      return { finding: { class: 'ok', reason: 'answered' }, detail: raw.detail };
    case 'nothing':
      return { finding: { class: 'unknown', reason: raw.reason }, detail: raw.detail };
    case 'mistake':
      return { finding: { class: 'misconfigured', reason: 'bad-request' }, detail: raw.detail };
    case 'fault':
      return explain(
        { finding: { class: 'failed', reason: raw.reason }, detail: raw.detail },
        wantsProgress(raw) ? readings : null,
      );
    case 'status':
      return explain({ finding: findStatus(raw), detail: raw.detail }, wantsProgress(raw) ? readings : null);
  }
}

const silence: ReadonlySet<Reason<'failed'>> = new Set<Reason<'failed'>>([
  'connect-timeout',
  'connection-reset',
  'connection-closed',
  'headers-timeout',
  'body-timeout',
  'too-slow',
  'first-token-timeout',
]);

/**
 * True for what a busy server and a hung one have in common (a timeout, a reset, a bare 503): only the progress
 * counters tell them apart. A stream that stalls or is cut after its first token is neither: a busy engine keeps
 * the streams it has begun.
 */
export function wantsProgress(raw: Raw): boolean {
  if (raw.kind === 'fault') return silence.has(raw.reason);
  if (raw.kind !== 'status') return false;
  const { reason } = findStatus(raw);
  return reason === 'unavailable' || reason === 'too-slow';
}

const misconfigured: Partial<Record<number, Reason<'misconfigured'>>> = {
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  422: 'unprocessable',
};

function findStatus({ status, retryAfter, marker }: StatusSeen): Finding {
  if (status >= 300 && status < 400) return { class: 'misconfigured', reason: 'redirected' };
  if (status === 429) return { class: 'saturated', reason: 'too-many-requests' };
  if (status === 529) return { class: 'saturated', reason: 'overloaded' };
  // TGI answers 424 when the generation failed behind it.
  if (status === 424) return { class: 'failed', reason: 'engine-error' };
  // A timeout that somebody on the path (Ray Serve, a gateway) gave up on before we did.
  if (status === 408 || status === 504) return { class: 'failed', reason: 'too-slow' };
  if (status >= 400 && status < 500) {
    return { class: 'misconfigured', reason: misconfigured[status] ?? 'client-error' };
  }
  if (status === 503) {
    if (retryAfter !== null && retryAfter.trim() !== '') return { class: 'saturated', reason: 'retry-after' };
    if (marker === 'overload') return { class: 'saturated', reason: 'overload-body' };
    if (marker === 'loading') return { class: 'starting', reason: 'loading' };
    return { class: 'failed', reason: 'unavailable' };
  }
  if (status >= 500 && status < 600) return { class: 'failed', reason: 'status-5xx' };
  return { class: 'failed', reason: status < 300 ? 'assertion-failed' : 'protocol-error' };
}

function explain(bare: Classified, readings: Readings | null): Classified {
  if (readings === null) return bare;
  const { before, after, gapMs } = readings;
  const advanced = after.tokens - before.tokens;
  const pending = after.running + after.waiting;
  const within = `within ${gapMs}ms`;
  if (advanced > 0) {
    return {
      finding: { class: 'saturated', reason: 'busy' },
      detail: `${bare.detail}; but its counters advanced by ${advanced} ${within}`,
    };
  }
  // A counter that fell belongs to a process that was started anew between the readings: it explains nothing.
  if (advanced < 0 || Number.isNaN(advanced)) return bare;
  if (pending > 0) {
    return {
      finding: { class: 'failed', reason: 'hung' },
      detail: `${bare.detail}; ${after.running} running and ${after.waiting} waiting, and no token ${within}`,
    };
  }
  return {
    finding: { class: 'failed', reason: 'lost' },
    detail: `${bare.detail}; and the server knows of no request: 0 running, 0 waiting`,
  };
}
