import type { Clock, Incident, IncidentEvent, Lease, Observation, Pause, Store, Target } from '@evac/core';
import { PortError } from '@evac/core';
import { keep } from '../keep.ts';

type HealthItem = Awaited<ReturnType<Store['readHealth']>>;

/** A region's table as the simulated cloud holds it: the port, and the observer's own look at it. */
export interface SimulatedStore {
  port: Store;
  /** Every incident ever opened, oldest first. */
  incidents(): Incident[];
}

/**
 * The store as DynamoDB's conditional writes make it: every method is one item's atomic write or one read, and what
 * goes in or comes out is frozen. Leases expire by `clock`; a scope's fencing tokens only ever grow.
 */
export function createStore(clock: Clock): SimulatedStore {
  const targets = new Map<string, Target[]>();
  const observations = new Map<string, Observation>();
  const healthItems = new Map<string, HealthItem>();
  const leases = new Map<string, Lease>();
  const incidents = new Map<string, Incident>();
  const pauses = new Map<string, Pause>();
  let breakerReset: { at: number; by: string; reason: string } | null = null;

  function mustHave(id: string): Incident {
    const incident = incidents.get(id);
    if (!incident) throw new PortError('not-found', `no incident ${id} in this region's store`);
    return incident;
  }

  function append(incident: Incident, event: Omit<Incident['events'][number], 'seq' | 'at'>): IncidentEvent {
    const written = keep({ ...event, seq: incident.events.length + 1, at: clock.now() });
    incidents.set(incident.id, keep({ ...incident, events: [...incident.events, written] }));
    return written;
  }

  /** The scope's lease, if `token` is its present one and it has not expired. */
  function liveLease(scope: string, token: number): Lease {
    const lease = leases.get(scope);
    if (!lease || lease.token !== token) {
      throw new PortError(
        'stale-token',
        `token ${token} of ${scope} is not the present one (${lease?.token ?? 'none'})`,
      );
    }
    if (lease.expiresAt <= clock.now()) {
      throw new PortError('stale-token', `the lease on ${scope} with token ${token} has expired`);
    }
    return lease;
  }

  const port: Store = {
    async writeTargets(ask) {
      targets.set(ask.service, keep(ask.targets));
    },
    async readTargets({ service }) {
      return targets.get(service) ?? [];
    },
    async putObservation(observation) {
      const key = `${observation.service}/${observation.vantage}`;
      const known = observations.get(key);
      // A delayed write must not hide a newer one: the put is conditional on the time.
      if (known && known.at > observation.at) return;
      observations.set(key, keep(observation));
    },
    async observations({ service }) {
      return [...observations.values()].filter((o) => o.service === service);
    },
    async readHealth({ service }) {
      return healthItems.get(service) ?? { health: [], rounds: [], version: 0 };
    },
    async writeHealth({ service, health, rounds, version }) {
      if ((healthItems.get(service)?.version ?? 0) !== version) return false;
      healthItems.set(service, keep({ health, rounds, version: version + 1 }));
      return true;
    },
    async acquireLease({ scope, holder, ttlMs }) {
      mustBeTtl(ttlMs);
      const now = clock.now();
      const known = leases.get(scope);
      if (known && known.expiresAt > now && known.holder !== holder) return null;
      const lease: Lease = { scope, holder, token: (known?.token ?? 0) + 1, expiresAt: now + ttlMs };
      leases.set(scope, lease);
      return { ...lease };
    },
    async releaseLease({ scope, token }) {
      const lease = leases.get(scope);
      // The item stays, expired: it carries the last token. A late release by a former holder changes nothing.
      if (lease?.token === token) lease.expiresAt = Math.min(lease.expiresAt, clock.now());
    },
    async openIncident({ incident }) {
      if (incidents.has(incident.id)) return false;
      incidents.set(incident.id, keep(incident));
      return true;
    },
    async incident({ id }) {
      return incidents.get(id) ?? null;
    },
    async incidents({ service, since }) {
      return [...incidents.values()].filter(
        (i) => i.service === service && (i.closedAt === null || i.closedAt >= since),
      );
    },
    async record({ id, scope, token, ttlMs, event }) {
      mustBeTtl(ttlMs);
      const lease = liveLease(scope, token);
      const written = append(mustHave(id), event);
      lease.expiresAt = clock.now() + ttlMs;
      return written;
    },
    async closeIncident({ id, outcome, text }) {
      const incident = mustHave(id);
      if (incident.closedAt !== null) return;
      const { at } = append(incident, { step: 'close', phase: 'done', text });
      incidents.set(id, keep({ ...mustHave(id), closedAt: at, outcome }));
    },
    async pauses() {
      const now = clock.now();
      return [...pauses.values()].filter((p) => p.until === null || p.until > now);
    },
    async addPause(pause) {
      pauses.set(pause.id, keep(pause));
    },
    async removePause({ id }) {
      pauses.delete(id);
    },
    async breakerResetAt() {
      return breakerReset?.at ?? null;
    },
    async resetBreaker({ by, reason }) {
      breakerReset = { at: clock.now(), by, reason };
    },
  };

  return { port, incidents: () => [...incidents.values()] };
}

function mustBeTtl(ttlMs: number): void {
  if (ttlMs > 0) return;
  throw new PortError('invalid', `a lease lasts longer than 0 ms, not ${ttlMs}`);
}
