import {
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  type HealthCheckConfig,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type { Clock } from '@evac/core';
import type { Clients } from '../clients.ts';

/** Route 53 calls an endpoint healthy when more than this share of its checkers does. */
const checkersShare = 0.18;
/** The account has five requests a second for everything it does with Route 53. */
const rememberMs = 10_000;
const rememberConfigMs = 600_000;
/** A calculated check of calculated checks of checks. */
const maxDepth = 3;

/** What a health check says now; null when it could not be asked, or has not said anything yet. */
export type AskHealth = (id: string) => Promise<boolean | null>;

/**
 * Asks a health check's checkers. GetHealthCheckStatus tells what they saw, before inversion, and knows nothing of a
 * calculated check, which is worked out from its children. It is meant for people, not for tight loops: an answer is kept
 * for ten seconds. https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html
 */
export function askingHealth(clients: Clients, clock: Clock): AskHealth {
  const configs = remembering(clock, rememberConfigMs, async (id) => {
    const ask = new GetHealthCheckCommand({ HealthCheckId: id });
    const answer = await clients.call(`reading health check ${id}`, (options) =>
      clients.get(Route53Client).send(ask, options),
    );
    return answer.HealthCheck?.HealthCheckConfig ?? null;
  });
  const statuses = remembering(clock, rememberMs, async (id) => {
    const ask = new GetHealthCheckStatusCommand({ HealthCheckId: id });
    const answer = await clients.call(`asking health check ${id}`, (options) =>
      clients.get(Route53Client).send(ask, options),
    );
    return (answer.HealthCheckObservations ?? []).map((o) => o.StatusReport?.Status ?? '');
  });

  async function ask(id: string, depth: number): Promise<boolean | null> {
    const config = await configs(id);
    if (!config || depth > maxDepth) return null;
    // Disabled means healthy, whatever is seen; inversion does not count either.
    if (config.Disabled) return true;
    const seen = await raw(id, config, depth);
    return seen === null || !config.Inverted ? seen : !seen;
  }

  async function raw(id: string, config: HealthCheckConfig, depth: number): Promise<boolean | null> {
    if (config.Type !== 'CALCULATED') {
      const reports = await statuses(id);
      const good = reports.filter((status) => status.startsWith('Success')).length;
      return reports.length === 0 ? null : good / reports.length > checkersShare;
    }
    const children = await Promise.all(
      (config.ChildHealthChecks ?? []).map((child) => ask(child, depth + 1)),
    );
    const threshold = config.HealthThreshold ?? children.length;
    const healthy = children.filter((child) => child === true).length;
    const silent = children.filter((child) => child === null).length;
    if (healthy >= threshold) return true;
    return healthy + silent >= threshold ? null : false;
  }

  return async (id) => {
    try {
      return await ask(id, 1);
    } catch {
      // Weights are what a failover turns; they must not be lost because a status could not be had.
      return null;
    }
  };
}

function remembering<T>(clock: Clock, forMs: number, ask: (id: string) => Promise<T>) {
  const known = new Map<string, { at: number; value: T }>();
  return async (id: string): Promise<T> => {
    const last = known.get(id);
    if (last && clock.now() - last.at < forMs) return last.value;
    const value = await ask(id);
    known.set(id, { at: clock.now(), value });
    return value;
  };
}
