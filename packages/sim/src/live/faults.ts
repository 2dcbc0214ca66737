import { type FaultName, faultCatalog, findFault } from '../fault/catalog.ts';
import type { ActiveFault } from '../fault/strike.ts';
import { chooseTarget, type Targets } from '../fault/target.ts';
import type { FaultOrder } from './admin/view.ts';

/** The faults that hold, and the only way to change them. */
export interface FaultBoard {
  active(): readonly ActiveFault[];
  /**
   * Puts a fault on or takes it off and resolves, with what changed, once the world is so. Rejects with a
   * {@link FaultMistake} that lists what would be right.
   */
  order(order: FaultOrder): Promise<ActiveFault[]>;
}

/** A sentence for whoever asked for a fault that cannot be. */
export class FaultMistake extends Error {}

export function createFaultBoard(
  targets: () => Targets,
  reflect: (active: readonly ActiveFault[]) => Promise<void>,
  onChange: (fault: ActiveFault, on: boolean) => void,
): FaultBoard {
  let active: readonly ActiveFault[] = [];
  // One after the other: a door must not be opened and shut at once.
  let reflecting: Promise<void> = Promise.resolve();

  async function become(next: readonly ActiveFault[], changed: ActiveFault[], on: boolean): Promise<void> {
    active = next;
    reflecting = reflecting.then(() => reflect(active));
    await reflecting;
    for (const fault of changed) onChange(fault, on);
  }

  function putOn(name: FaultName, asked: string | null): ActiveFault[] {
    const fault = mustFind(name);
    const choice = chooseTarget(fault, asked, targets());
    if ('mistake' in choice) throw new FaultMistake(choice.mistake);
    return [{ name: fault.name, target: choice.target }];
  }

  function takeOff(name: FaultName, target: string | null): ActiveFault[] {
    const held = active.filter((f) => f.name === name && (target === null || f.target === target));
    if (held.length > 0) return held;
    const now = active.map((f) => `${f.name} ${f.target}`).join(', ') || 'nothing';
    throw new FaultMistake(
      `${[name, target].filter(Boolean).join(' ')} does not hold now; what does: ${now}`,
    );
  }

  return {
    active: () => active,
    async order({ name, target, on }) {
      const { name: known } = mustFind(name);
      const changed = on ? putOn(known, target) : takeOff(known, target);
      const others = active.filter((f) => !changed.some((c) => c.name === f.name && c.target === f.target));
      await become(on ? [...others, ...changed] : others, changed, on);
      return changed;
    },
  };
}

function mustFind(name: string) {
  const fault = findFault(name);
  if (fault) return fault;
  const names = faultCatalog.map((f) => f.name).join(', ');
  throw new FaultMistake(`there is no fault named "${name}": there are ${names}`);
}
