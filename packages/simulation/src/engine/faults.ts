import type { Clock } from '@evac/core';
import {
  type ActiveFault,
  type Ailment,
  ailmentsAt,
  findFault,
  isDark,
  type Part,
  type Place,
  processAilments,
} from '@evac/sim';

type Since = ActiveFault & { since: number };

/** The faults that hold, and what they do to things at a place. */
export interface Faults {
  active(): readonly Since[];
  put(fault: ActiveFault): void;
  /** Takes one off; a fault that struck a node twice holds until both are off. */
  take(fault: ActiveFault): void;
  /** A new server process: what lies in the old one is gone. */
  restarted(node: string): void;
  ailing(place: Place): ReadonlySet<Ailment>;
  dark(part: Part, place: Place): boolean;
}

const none: ReadonlySet<Ailment> = new Set();

export function createFaults(clock: Clock): Faults {
  let active: Since[] = [];
  const known = new Map<Place, ReadonlySet<Ailment>>();
  const darkness = new Map<string, boolean>();
  const change = (next: Since[]) => {
    active = next;
    known.clear();
    darkness.clear();
  };
  return {
    active: () => active,
    put: (fault) => change([...active, { ...fault, since: clock.now() }]),
    take({ name, target }) {
      const at = active.findIndex((f) => f.name === name && f.target === target);
      if (at >= 0) change(active.toSpliced(at, 1));
    },
    restarted: (node) => change(active.filter((f) => f.target !== node || !liesInProcess(f))),
    ailing(place) {
      if (active.length === 0) return none;
      let ailments = known.get(place);
      if (!ailments) {
        ailments = ailmentsAt(active, place);
        known.set(place, ailments);
      }
      return ailments;
    },
    dark(part, place) {
      if (active.length === 0) return false;
      const key = `${part}/${place.region}/${place.zone}`;
      let dark = darkness.get(key);
      if (dark === undefined) {
        dark = isDark(active, part, place);
        darkness.set(key, dark);
      }
      return dark;
    },
  };
}

function liesInProcess({ name }: ActiveFault): boolean {
  return findFault(name)?.ailments?.every((ailment) => processAilments.has(ailment)) ?? false;
}
