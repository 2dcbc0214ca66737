import type { Incident, ServiceSettings } from '@evac/core';
import type { Invariant, Truth } from '../contract.ts';
import { isHolding, type Ledger } from './ledger.ts';
import { sayMove, sayMs } from './say.ts';
import { hear, toldSoFar } from './told.ts';

const minute = 60_000;
/** What a step holds a lease for, and how long Admit waits for another's. */
const leaseMs = 10 * minute;

/**
 * Every incident closes. A zone that is held empty stays open; any other incident gets on while its cell works: a step
 * that waits says so every 2.5 min (a quarter of its lease), an execution that was killed goes on with the next tick,
 * and the longest silences are the wait for an approval and the wait for another's lease. To the longer of the two come
 * 10 min for what is tried again.
 */
export const closes = (): Invariant => {
  const told = new Set<string>();
  return {
    name: 'closes',
    after(call, ended, truth) {
      hear(call, ended, truth);
      return null;
    },
    second(truth) {
      const allowedMs = silenceMs(truth.service);
      if (truth.now - truth.troubledAt() <= allowedMs) return null;
      const stuck = open(toldSoFar(truth).ledger, truth).find(
        ({ incident, region }) =>
          !told.has(incident.id) &&
          truth.darkSince(region) === null &&
          !isHolding(incident) &&
          truth.now - lastAt(incident) > allowedMs,
      );
      if (!stuck) return null;
      told.add(stuck.incident.id);
      return `${describe(stuck.incident, truth)}; it was to say something within ${sayMs(allowedMs)} while nothing new went wrong`;
    },
    end(truth) {
      return open(toldSoFar(truth).ledger, truth)
        .filter(({ incident }) => !isHolding(incident))
        .map(({ incident }) => `${describe(incident, truth)}, at the end of the quiet time`);
    },
  };
};

function silenceMs({ limits }: ServiceSettings): number {
  return Math.max(limits.approvalMs, leaseMs) + 10 * minute;
}

function open(ledger: Ledger, { scene }: Truth) {
  return scene.world.regions.flatMap(({ name }) =>
    ledger
      .incidents(name)
      .filter((incident) => incident.closedAt === null)
      .map((incident) => ({ incident, region: name })),
  );
}

function lastAt(incident: Incident): number {
  return incident.events.at(-1)?.at ?? incident.openedAt;
}

function describe(incident: Incident, { now }: Truth): string {
  const last = incident.events.at(-1);
  const said = last ? `${last.step} ${last.phase}: ${last.text}` : 'nothing but that it was opened';
  return `${sayMove(incident)} is open in ${incident.cell} for ${sayMs(now - incident.openedAt)} and has said nothing for ${sayMs(now - lastAt(incident))} (last: ${said})`;
}
