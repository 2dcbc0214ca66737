import type { Invariant } from '../contract.ts';
import { atActs, type Seen } from './at-ports.ts';
import { scopeOf } from './ledger.ts';
import { sayMs, sayWhat, sayWho } from './say.ts';

/**
 * At most one lease holder acts per scope, and none with an old token: whoever changes the world is a step whose token
 * is the newest that its store gave for the subject's scope, and its lease has neither expired nor been given back. A run
 * that has proven its token by a write, and acts at once, may be overtaken by another run of the same incident in between.
 */
export const leaseHeld = (): Invariant =>
  atActs('lease-held', (seen) => {
    const fault = lack(seen);
    return fault && `${sayWho(seen.call.by)} made ${sayWhat(seen.call)} ${fault}`;
  });

/** The slowest write, and the slowest act after it. */
const atOnceMs = 10_000;

function lack({ call, ledger }: Seen): string | null {
  const { by, at } = call;
  if (by.kind !== 'step') return 'though only a step may act';
  const held = ledger.tokenOf(by);
  if (!held) return 'without a lease';
  const incident = ledger.incident(by.region, by.incident);
  if (!incident) return 'for an incident that its store does not have';
  const scope = scopeOf(incident);
  if (held.scope !== scope) return `with the lease on ${held.scope}, while its subject is ${scope}`;
  const lease = ledger.lease(by.region, scope);
  if (!lease) return `with token ${held.token}, while the store never gave a lease on ${scope}`;
  const provenAt = ledger.calledAt(by, 'record');
  const overtaken = provenAt !== null && provenAt < lease.at && at - provenAt <= atOnceMs;
  if (overtaken && lease.holder === incident.id) return null;
  if (lease.token !== held.token) {
    return `with token ${held.token} of ${scope}, while token ${lease.token} was given to ${lease.holder} (last written ${sayMs(at - lease.at)} before)`;
  }
  if (lease.holder !== incident.id) return `with the lease of ${lease.holder} on ${scope}`;
  if (lease.expiresAt > at) return null;
  return `with token ${held.token} of ${scope}, ${sayMs(at - lease.expiresAt)} after its lease had expired or been given back`;
}
