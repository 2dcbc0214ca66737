import {
  type CheckHealth,
  type Health,
  type OutcomeClass,
  outcomeReasons,
  type Reason,
  targetId,
  type VantageId,
} from '@evac/core';
import type { NodeChange, NodeState } from './case-world.ts';
import { ms } from './strict.ts';

const outcomeClasses = ['ok', 'failed', 'saturated', 'starting', 'misconfigured', 'unknown'] as const;
const day = 86_400_000;

interface Seen {
  class: OutcomeClass;
  reason: Reason;
  detail: string;
  for: string;
}
const refused: Omit<Seen, 'for'> = {
  class: 'failed',
  reason: 'connect-refused',
  detail: 'connection refused',
};
const seen: Record<NodeState, Seen> = {
  healthy: { class: 'ok', reason: 'answered', detail: '200 in 12 ms', for: '1h' },
  absent: { class: 'ok', reason: 'answered', detail: '', for: '0s' },
  unknown: { class: 'ok', reason: 'answered', detail: '200 in 12 ms', for: '1h' },
  clearing: { class: 'ok', reason: 'answered', detail: '200 in 12 ms', for: '30s' },
  suspect: { ...refused, for: '1s' },
  failing: { ...refused, for: '6s' },
  dead: { ...refused, for: '20s' },
  saturated: { class: 'saturated', reason: 'too-many-requests', detail: '429 Too Many Requests', for: '1m' },
  starting: { class: 'starting', reason: 'loading', detail: '503 Loading model', for: '1m' },
  misconfigured: { class: 'misconfigured', reason: 'not-found', detail: '404 at /health', for: '1m' },
};

/** One node as one vantage sees it, in the state that the case gives it. */
export function healthOf(node: string, vantage: VantageId, given: NodeChange, now: number): Health {
  const age = ms(given.age ?? (given.state === 'starting' ? '1m' : '1d'));
  const lasts = lastsMs(given);
  const checks =
    given.check === 'deep'
      ? { shallow: well(now - 1_000), deep: checkIn(given, now) }
      : { shallow: checkIn(given, now), deep: well(now - Math.max(10_000, deepAgo(given, lasts))) };
  const stuckSince = given.stuck === undefined ? null : now - ms(given.stuck);
  return {
    target: targetId(`node/${node}`),
    vantage,
    state: given.state === 'healthy' ? 'healthy' : 'unknown',
    since: now - (given.state === 'healthy' ? lasts : Math.min(lasts, day)),
    startingSince: now - age,
    started: given.state !== 'starting',
    checks: given.state === 'starting' ? { shallow: checkIn(given, now) } : checks,
    progress:
      given.stuck === undefined ? null : { tokens: 42, running: 3, waiting: 1, at: now - 1_000, stuckSince },
    model: null,
    revision: null,
  };
}

/** How long it has been so. */
export function lastsMs(given: NodeChange): number {
  return ms(given.for ?? seen[given.state].for);
}

/** Whether an outcome counts against it. */
export function isBad({ state }: NodeChange): boolean {
  return state === 'suspect' || state === 'failing' || state === 'dead';
}

/** A node that is down has not generated since; one that was not asked lately was not asked this either. */
function deepAgo(given: NodeChange, lasts: number): number {
  if (given.state === 'unknown') return 120_000;
  return isBad(given) || given.state === 'clearing' ? lasts + 5_000 : 0;
}

function checkIn(given: NodeChange, now: number): CheckHealth {
  const { state } = given;
  const base = seen[state];
  const lasts = lastsMs(given);
  const bad = state === 'failing' || state === 'dead' || state === 'clearing';
  const failures = { suspect: 1, failing: 2, dead: Math.max(4, Math.floor(lasts / 5_000)) };
  return {
    failures: isFailing(state) ? failures[state] : 0,
    successes: state === 'clearing' ? 1 : base.class === 'ok' ? 99 : 0,
    bad,
    lastAt: now - ms(given.ago ?? (state === 'unknown' ? '1m' : '1s')),
    lastClass: given.reason === undefined ? base.class : classOf(given.reason),
    lastReason: reasonOf(given.reason ?? base.reason),
    lastDetail: given.detail ?? (given.reason ? given.reason.replaceAll('-', ' ') : base.detail),
    failingSince: isFailing(state) || bad ? now - lasts : null,
    ...(given.over ? { over: true } : {}),
    latencyMs: 12,
  };
}

function isFailing(state: NodeState): state is 'suspect' | 'failing' | 'dead' {
  return state === 'suspect' || state === 'failing' || state === 'dead';
}

function classOf(reason: string): OutcomeClass {
  return outcomeClasses.find((name) => outcomeReasons[name].some((r) => r === reason)) ?? 'failed';
}

function reasonOf(text: string): Reason {
  const known = Object.values(outcomeReasons).flat();
  const reason = known.find((r) => r === text);
  if (!reason) throw new Error(`"${text}" is no reason of an outcome`);
  return reason;
}

function well(lastAt: number): CheckHealth {
  return {
    failures: 0,
    successes: 99,
    bad: false,
    lastAt,
    lastClass: 'ok',
    lastReason: 'answered',
    lastDetail: '200 in 12 ms',
    failingSince: null,
    latencyMs: 12,
  };
}
