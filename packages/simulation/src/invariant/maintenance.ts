import type { Invariant } from '../contract.ts';
import { atAdmissions } from './at-ports.ts';
import { skewMs } from './bounds.ts';
import { sayMove, sayMs } from './say.ts';

/** In an announced window only a person who forces it begins a move. */
export const maintenance = (): Invariant =>
  atAdmissions('maintenance', ({ incident, knewAt }, { truth }) => {
    if (incident.verb === 'force') return null;
    const window = truth.service.maintenance.find((w) => w.from + skewMs <= knewAt && knewAt < w.to - skewMs);
    if (!window) return null;
    return `${sayMove(incident)} was admitted in the maintenance window "${window.reason}", ${sayMs(window.to - knewAt)} before its end`;
  });
