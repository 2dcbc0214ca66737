import { largerMove } from '../incident.ts';
import { contains, subjectName } from '../move.ts';
import type { Guard } from './guard.ts';

/** A zone's or region's move subsumes the moves below it, and a zone under suspicion holds its nodes' moves. */
export const subsumed: Guard = {
  name: 'subsumed',
  yieldsToForce: false,
  object(candidate, { snapshot, verdicts, planned }) {
    const { subject } = candidate;
    const larger = largerMove(snapshot.incidents, subject);
    if (larger)
      return {
        because: `${larger.id} is moving ${subjectName(larger.subject)}`,
        unblock: 'clears when it closes',
      };
    const beside = planned.find((p) => p.subject.kind !== subject.kind && contains(p.subject, subject));
    if (beside)
      return {
        because: `${beside.move} of ${subjectName(beside.subject)} begins now`,
        unblock: 'clears when it closes',
      };
    if (subject.kind !== 'node' || candidate.verb === 'force') return null;
    const zone = verdicts.zones.find((z) => z.zone === subject.zone);
    if (zone?.verdict !== 'suspected' && zone?.verdict !== 'impaired') return null;
    return {
      because: `${subject.zone} is ${zone.verdict} as a whole: ${zone.because}`,
      unblock: 'clears when the zone is cleared, or force',
    };
  },
};
