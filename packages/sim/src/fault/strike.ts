import type { Ailment } from '../live/node/ailment.ts';
import { type FaultName, findFault, type Part } from './catalog.ts';

/** A fault that holds now, and what it struck: a node's id, a zone's name, a region's name, or `world`. */
export interface ActiveFault {
  name: FaultName;
  target: string;
}

/** Where something is. A zone's part has no node, a region's no zone, the world's no region. */
export interface Place {
  region: string | null;
  zone: string | null;
  node: string | null;
}

/**
 * What the faults that hold do to things at a place. Faults are states and this is a pure function of them: taking
 * one off leaves exactly what the others do, and what is launched into a struck zone is struck too.
 */
export function ailmentsAt(active: readonly ActiveFault[], place: Place): Set<Ailment> {
  return new Set(striking(active, place).flatMap((fault) => fault.ailments ?? []));
}

export function isDark(active: readonly ActiveFault[], part: Part, place: Place): boolean {
  return striking(active, place).some((fault) => fault.dark?.includes(part));
}

export function lacksCapacity(active: readonly ActiveFault[], place: Place): boolean {
  return striking(active, place).some((fault) => fault.noCapacity);
}

function striking(active: readonly ActiveFault[], place: Place) {
  const around = ['world', place.region, place.zone, place.node];
  return active.filter(({ target }) => around.includes(target)).flatMap(({ name }) => findFault(name) ?? []);
}
