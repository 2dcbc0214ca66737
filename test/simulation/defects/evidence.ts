import type { Health, Observation, ServiceSettings } from '@evac/core';
import { admitMove, type Cell, judgeService } from '@evac/workflow';
import { over } from './at-ports.ts';
import type { Defect } from './defect.ts';
import { both, isAutomatic, isHalfBlind, isSet, isSilenced } from './scenes.ts';

const hourMs = 3_600_000;

const patient = (service: ServiceSettings): ServiceSettings => ({
  ...service,
  timing: { ...service.timing, freshMs: hourMs },
});

const patientCell = (cell: Cell): Cell => ({
  ...cell,
  settings: { ...cell.settings, services: cell.settings.services.map(patient) },
});

/** What was good when last heard of is good now. */
function asOfNow(health: Health): Health {
  const checks = Object.entries(health.checks).map(([kind, check]) => {
    const stale = Date.now() - check.lastAt > 10_000;
    return [kind, stale && check.failures === 0 ? { ...check, lastAt: Date.now() } : check] as const;
  });
  return { ...health, checks: Object.fromEntries(checks) };
}

/** Takes what a vantage without a network could not reach for failures of what it asked. */
function accusing(observation: Observation): Observation {
  if (!observation.blind) return observation;
  return {
    ...observation,
    blind: false,
    outcomes: observation.outcomes.map((outcome) => ({
      ...outcome,
      class: 'failed',
      reason: 'connect-timeout',
    })),
  };
}

export const evidenceDefects: Defect[] = [
  {
    name: 'stale observation trusted',
    what: 'what was seen an hour ago counts as if it were seen now',
    caughtBy: ['evidence', 'nobodys-fault'],
    within: 1_000,
    shows: isSilenced,
    parts: () => ({
      judgeService: (cell, service, occasion) => judgeService(patientCell(cell), patient(service), occasion),
      admitMove: (cell, input) => admitMove(patientCell(cell), input),
    }),
  },
  {
    name: 'unknown read as healthy',
    what: 'what nobody has asked lately counts as healthy if it was so before',
    caughtBy: ['evidence', 'ready-target', 'capacity-left', 'never-drained'],
    within: 150,
    parts: () => ({
      ports: (ports) =>
        over(ports, 'store', {
          async readHealth(ask) {
            const item = await ports.store.readHealth(ask);
            return { ...item, health: item.health.map(asOfNow) };
          },
        }),
    }),
  },
  {
    name: 'blind vantage trusted',
    what: 'a vantage that sees nothing at all tells failures of everything it asks',
    caughtBy: ['evidence'],
    within: 6_000,
    shows: both(isHalfBlind, isSet('policy', isAutomatic)),
    parts: () => ({
      ports: (ports, by) =>
        by.kind === 'probe'
          ? over(ports, 'store', { putObservation: (told) => ports.store.putObservation(accusing(told)) })
          : ports,
    }),
  },
];
