import type { Assertion, ProbeAsk, ProgressAsk } from './probe-spec.ts';
import type { ServiceSettings } from './settings.ts';

/**
 * The same service on a faster or slower clock: every duration times `factor`, never below 1 ms (0 stays 0). Counts and
 * shares stay; so do a certificate's expiry and maintenance windows, which live in real time. For drills, where a world
 * runs at the same scale.
 */
export function scaleSettings(service: ServiceSettings, factor: number): ServiceSettings {
  const scale = (ms: number) => (ms === 0 ? 0 : Math.max(1, Math.round(ms * factor)));
  const { timing, limits, dns, deep, progress } = service;
  return {
    ...service,
    dns: dns && { ...dns, ttlMs: scale(dns.ttlMs) },
    shallow: scaleAsk(service.shallow, scale),
    deep: deep && scaleAsk(deep, scale),
    progress: progress && scaleProgress(progress, scale),
    timing: {
      intervalMs: scale(timing.intervalMs),
      deepIntervalMs: scale(timing.deepIntervalMs),
      fastIntervalMs: scale(timing.fastIntervalMs),
      graceMs: scale(timing.graceMs),
      freshMs: scale(timing.freshMs),
      noProgressMs: scale(timing.noProgressMs),
      recoveryMs: scale(timing.recoveryMs),
    },
    limits: {
      ...limits,
      cooldownMs: scale(limits.cooldownMs),
      failBackAfterMs: scale(limits.failBackAfterMs),
      approvalMs: scale(limits.approvalMs),
    },
  };
}

type Scale = (ms: number) => number;

function scaleAsk(ask: ProbeAsk, scale: Scale): ProbeAsk {
  const timeoutMs = scale(ask.timeoutMs);
  switch (ask.kind) {
    case 'http':
      return { ...ask, timeoutMs, assertions: ask.assertions.map((one) => scaleAssertion(one, scale)) };
    case 'openai-stream':
      return {
        ...ask,
        timeoutMs,
        firstTokenMs: scale(ask.firstTokenMs),
        longestGapMs: scale(ask.longestGapMs),
      };
    case 'tcp':
    case 'tls':
      return { ...ask, timeoutMs };
  }
}

function scaleAssertion(assertion: Assertion, scale: Scale): Assertion {
  return assertion.kind === 'latency' ? { ...assertion, maxMs: scale(assertion.maxMs) } : assertion;
}

function scaleProgress(progress: ProgressAsk, scale: Scale): ProgressAsk {
  return { ...progress, timeoutMs: scale(progress.timeoutMs), gapMs: scale(progress.gapMs) };
}
