import type { MoveName } from '@evac/core';
import { type FaultName, findFault } from '@evac/sim/faults';

/** What a drill breaks, and what Evac has promised to do about it. */
export interface Scenario {
  name: string;
  /** All of them at once; the first one's target is the drill's subject. */
  faults: FaultName[];
  about: string;
  /** The one move that must come, or null: nothing may be drained, replaced or moved. */
  move: Exclude<MoveName, 'fail-back'> | null;
  /** A move that stays undone for a good reason is as right as one that is done. */
  mayStay?: boolean;
}

const moves: Record<FaultName, Scenario['move']> = {
  'node-crash': 'replace-node',
  'node-hang': 'replace-node',
  'stream-stall': 'replace-node',
  'garbage-answers': 'replace-node',
  'gpu-error': 'replace-node',
  'network-isolation': 'replace-node',
  'cpu-exhaustion': 'replace-node',
  overload: null,
  'slow-start': null,
  'zone-loss': 'evacuate-zone',
  'zone-grey': 'evacuate-zone',
  'zone-slow': 'evacuate-zone',
  'region-loss': 'fail-over-region',
  'dns-api-loss': null,
  'no-capacity': null,
  'bad-release': null,
  'wrong-probe': null,
};

const combined: Scenario[] = [
  {
    name: 'region-loss-without-dns-api',
    faults: ['region-loss', 'dns-api-loss'],
    about: "A region goes dark while Route 53's control plane is away: the switch needs no API.",
    move: 'fail-over-region',
  },
  {
    name: 'node-crash-without-capacity',
    faults: ['node-crash', 'no-capacity'],
    about: 'A node dies in a zone that has no instance to give: its replacement comes up in another zone.',
    move: 'replace-node',
    mayStay: true,
  },
];

/** Every fault of the world by itself, and the combinations that have promises of their own. */
export const scenarios: Scenario[] = [
  ...Object.entries(moves).flatMap(([name, move]) => {
    const fault = findFault(name);
    return fault ? [{ name, faults: [fault.name], about: fault.description, move }] : [];
  }),
  ...combined,
];

export function findScenario(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}
