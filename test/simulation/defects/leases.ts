import type { Lease } from '@evac/core';
import { over } from './at-ports.ts';
import type { Defect } from './defect.ts';
import { decidingBy, without } from './guards.ts';
import { both, has, isAutomatic, isSet, isStruckBy, isWantedBack } from './scenes.ts';

/** The newest lease that a store has given for each scope. */
function followLeases() {
  const leases = new Map<string, Lease>();
  const key = (region: string, scope: string) => `${region} ${scope}`;
  return {
    of: (region: string, scope: string) => leases.get(key(region, scope)),
    keep(region: string, lease: Lease | null): Lease | null {
      if (lease) leases.set(key(region, lease.scope), lease);
      return lease;
    },
  };
}

export const leaseDefects: Defect[] = [
  {
    name: 'no lease',
    what: 'whoever wants a lease takes it from its holder, and no guard asks whether there is one',
    caughtBy: ['one-at-a-time', 'lease-held'],
    within: 4_000,
    shows: both(isWantedBack, isSet('policy', isAutomatic)),
    parts() {
      const leases = followLeases();
      return {
        ...decidingBy(without('lease')),
        ports(ports, by) {
          const { store } = ports;
          return over(ports, 'store', {
            async acquireLease(ask) {
              const held = leases.of(by.region, ask.scope);
              if (held) await store.releaseLease(held);
              return leases.keep(by.region, await store.acquireLease(ask));
            },
          });
        },
      };
    },
  },
  {
    name: 'old token accepted',
    what: 'a write with a token that is not the newest is taken all the same',
    caughtBy: ['lease-held'],
    within: 4_000,
    shows: has('straggler'),
    parts() {
      const leases = followLeases();
      return {
        ports(ports, by) {
          const { store } = ports;
          return over(ports, 'store', {
            acquireLease: async (ask) => leases.keep(by.region, await store.acquireLease(ask)),
            // As the store would do it: by the token that is the newest when the write arrives.
            record: (ask) =>
              store.record(ask).catch((error: unknown) => {
                const token = leases.of(by.region, ask.scope)?.token ?? ask.token;
                if (token === ask.token) throw error;
                return store.record({ ...ask, token });
              }),
          });
        },
      };
    },
  },
  {
    name: 'lease never given back',
    what: 'a move that closes keeps its lease until it expires, and the next one asks for a day',
    caughtBy: ['as-configured'],
    within: 400,
    shows: both(isStruckBy('zone-loss', 'region-loss'), isSet('policy', isAutomatic)),
    parts: () => ({
      ports: (ports) =>
        over(ports, 'store', {
          releaseLease: async () => {},
          acquireLease: (ask) => ports.store.acquireLease({ ...ask, ttlMs: 86_400_000 }),
          record: (ask) => ports.store.record({ ...ask, ttlMs: 86_400_000 }),
        }),
    }),
  },
];
