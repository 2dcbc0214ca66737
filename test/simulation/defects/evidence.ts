import { guards, type Observation, type ServiceSettings, type Verdicts } from '@evac/core';
import { admitMove, type Cell, judgeService } from '@evac/workflow';
import { over } from './at-ports.ts';
import type { Defect } from './defect.ts';
import { decidingBy } from './guards.ts';
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

/** Nobody knows of it, so it will be well: of each node, zone and region. */
const hopeful = (verdicts: Verdicts): Verdicts => ({
  ...verdicts,
  nodes: verdicts.nodes.map((n) => (n.verdict === 'unknown' ? { ...n, verdict: 'healthy' } : n)),
  zones: verdicts.zones.map((z) => (z.verdict === 'unknown' ? { ...z, verdict: 'healthy' } : z)),
  regions: verdicts.regions.map((r) => (r.verdict === 'unknown' ? { ...r, verdict: 'serving' } : r)),
});

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
    what: 'who counts what is left, or what may come back, counts all of which nobody knows as well',
    caughtBy: ['capacity-left', 'another-stands', 'evidence', 'ready-target'],
    within: 400,
    parts: () =>
      decidingBy(
        guards.map((guard) => ({
          ...guard,
          object: (candidate, context) =>
            guard.object(candidate, { ...context, verdicts: hopeful(context.verdicts) }),
        })),
      ),
  },
  {
    name: 'blind vantage trusted',
    what: 'a vantage that sees nothing at all tells failures of everything it asks',
    caughtBy: ['evidence'],
    within: 20_000,
    shows: both(isHalfBlind, isSet('policy', isAutomatic)),
    parts: () => ({
      ports: (ports, by) =>
        by.kind === 'probe'
          ? over(ports, 'store', { putObservation: (told) => ports.store.putObservation(accusing(told)) })
          : ports,
    }),
  },
];
