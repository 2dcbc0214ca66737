import { type Clock, PortError, type Store } from '@evac/core';
import { type Item, number, numberOf, text, ttlAt } from './item.ts';
import { leaseKey } from './keys.ts';
import type { Condition } from './operation.ts';
import type { Table } from './table.ts';

/**
 * An item stays when its lease was released or has expired, because it carries the last token, and tokens must only
 * grow. It goes when nobody can hold an old one any more: an execution lasts a year at most.
 */
const keepMs = 400 * 86_400_000;

/** Who may act on a scope. Expiry is judged by the caller's clock, which AWS keeps within milliseconds. */
export function createLeaseStore(table: Table, clock: Clock): Pick<Store, 'acquireLease' | 'releaseLease'> {
  return {
    async acquireLease({ scope, holder, ttlMs }) {
      mustBeTtl(ttlMs);
      const now = clock.now();
      const result = await table.update(
        leaseKey(scope),
        'SET #scope = :scope, #holder = :holder, #expiresAt = :until, #token = if_not_exists(#token, :none) + :one, #v = :v, #ttl = :ttl',
        {
          expression: 'attribute_not_exists(pk) OR #expiresAt <= :now OR #holder = :holder',
          values: {
            ':scope': text(scope),
            ':holder': text(holder),
            ':now': number(now),
            ':until': number(now + ttlMs),
            ':none': number(0),
            ':one': number(1),
            ...keptUntil(now + ttlMs),
          },
        },
      );
      if (!result.ok || !result.item) return null;
      return { scope, holder, token: numberOf(result.item, 'token'), expiresAt: now + ttlMs };
    },

    async releaseLease({ scope, token }) {
      const now = clock.now();
      await table.update(leaseKey(scope), 'SET #expiresAt = :now', held(token, now));
    },
  };
}

/** Renews the lease in a transaction, if `token` is the present one and the lease has not expired. */
export function renewal(scope: string, token: number, now: number, ttlMs: number) {
  const { expression, values } = held(token, now);
  return {
    update: leaseKey(scope),
    expression: 'SET #expiresAt = :until, #ttl = :ttl',
    condition: {
      expression,
      values: { ...values, ':until': number(now + ttlMs), ...keptUntil(now + ttlMs) },
    },
  };
}

function held(token: number, now: number): Condition & { values: Item } {
  return {
    expression: '#token = :token AND #expiresAt > :now',
    values: { ':token': number(token), ':now': number(now) },
  };
}

function keptUntil(expiresAt: number): Item {
  const { ttl } = ttlAt(expiresAt + keepMs);
  return ttl ? { ':ttl': ttl } : {};
}

/** What is said to whom has not the lease (any more); null if `token` does hold it at `now`. */
export function staleness(scope: string, token: number, lease: Item | null, now: number): PortError | null {
  const present = lease ? numberOf(lease, 'token') : null;
  if (!lease || present !== token) {
    const what = `token ${token} of ${scope} is not the present one (${present ?? 'none'})`;
    return new PortError('stale-token', what);
  }
  if (numberOf(lease, 'expiresAt') > now) return null;
  return new PortError('stale-token', `the lease on ${scope} with token ${token} has expired`);
}

export function mustBeTtl(ttlMs: number): void {
  if (ttlMs > 0) return;
  throw new PortError('invalid', `a lease lasts longer than 0 ms, not ${ttlMs}`);
}
