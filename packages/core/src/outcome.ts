import type { TargetId } from './ids.ts';

/**
 * What one probe can find, with every reason it can give. The class decides what may follow:
 * only `failed` counts against a target; `misconfigured` is our own mistake and never leads to a move;
 * `saturated` asks for more capacity, never for a replacement; `unknown` is no evidence at all.
 */
export const outcomeReasons = {
  ok: ['answered'],
  failed: [
    'name-not-resolved',
    'connect-refused',
    'connect-timeout',
    'connection-reset',
    'connection-closed',
    'tls-failed',
    'headers-timeout',
    'body-timeout',
    'too-slow',
    'body-too-large',
    'status-5xx',
    'unavailable',
    'protocol-error',
    'assertion-failed',
    'invalid-json',
    'invalid-utf8',
    'wrong-model',
    'wrong-answer',
    'garbage-answer',
    'first-token-timeout',
    'stream-stalled',
    'stream-cut',
    'no-tokens',
    'no-finish-reason',
    'engine-error',
    'hung',
    'lost',
  ],
  saturated: ['too-many-requests', 'overloaded', 'retry-after', 'overload-body', 'busy'],
  starting: ['loading'],
  misconfigured: [
    'bad-request',
    'unauthorized',
    'forbidden',
    'not-found',
    'method-not-allowed',
    'unprocessable',
    'client-error',
    'redirected',
  ],
  unknown: ['vantage-blind', 'aborted', 'skipped'],
} as const;

export type OutcomeClass = keyof typeof outcomeReasons;
export type Reason<C extends OutcomeClass = OutcomeClass> = (typeof outcomeReasons)[C][number];
export type Finding = { [C in OutcomeClass]: { class: C; reason: Reason<C> } }[OutcomeClass];

/** `shallow` is cheap and frequent; `deep` is a real generation. */
export const checkKinds = ['shallow', 'deep'] as const;
export type CheckKind = (typeof checkKinds)[number];

/** Counters read from the server's own metrics; tokens only ever grow while the process lives. */
export interface Progress {
  tokens: number;
  running: number;
  waiting: number;
}

export interface Timings {
  /** Milliseconds from the start of the probe; null where the probe did not get that far. */
  connectMs: number | null;
  firstByteMs: number | null;
  /** The longest silence between two chunks that carried tokens. */
  longestGapMs: number | null;
  tokensPerSecond: number | null;
}

/** One question and its raw result. A probe never retries and never judges. */
export type Outcome = Finding & {
  target: TargetId;
  check: CheckKind;
  /** When the probe ended, epoch ms. */
  at: number;
  latencyMs: number;
  /** One sentence for a person: what was expected, what was seen. */
  detail: string;
  /** Of a generation that streams: milliseconds from the start of the probe to its first token. */
  firstTokenMs?: number;
  timings?: Timings;
  progress?: Progress;
  /** What the server says it serves. */
  model?: string;
  revision?: string;
  /** True but not failing: a certificate that expires in six days. */
  warnings?: string[];
};
