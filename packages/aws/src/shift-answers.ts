import type { ShiftFact } from '@evac/core';
import { zoneId } from '@evac/core';
import { fieldsOf } from './signed/arc.ts';

/** A shift on one load balancer or group, as ARC tells of it. */
export interface ArcShift extends ShiftFact {
  comment: string;
}

/** StartZonalShift's answer: accepted, and not applied yet. */
export function readZonalShift(answer: unknown): ArcShift {
  return shiftFrom(answer, '');
}

export function readZonalShifts(answer: unknown): { shifts: ArcShift[]; nextToken: string | undefined } {
  const { items, nextToken } = fieldsOf(answer);
  return {
    shifts: list(items).map((item) => shiftFrom(item, '')),
    nextToken: typeof nextToken === 'string' ? nextToken : undefined,
  };
}

/** Everything that keeps traffic out of a zone of this resource now, an autoshift of AWS's own included. */
export function readManagedResource(answer: unknown, resource: string): ArcShift[] {
  const { zonalShifts, autoshifts } = fieldsOf(answer);
  const auto = list(autoshifts).map((item): ArcShift => {
    const { awayFrom, appliedStatus } = fieldsOf(item);
    return {
      id: `autoshift-${awayFrom}`,
      resource,
      awayFrom: zoneId(String(awayFrom)),
      // It ends when AWS says so, and nobody can extend it.
      expiresAt: Number.MAX_SAFE_INTEGER,
      applied: appliedStatus === 'APPLIED',
      comment: 'zonal autoshift',
    };
  });
  return [...list(zonalShifts).map((item) => shiftFrom(item, resource)), ...auto];
}

function shiftFrom(item: unknown, onResource: string): ArcShift {
  const { zonalShiftId, resourceIdentifier, awayFrom, expiryTime, appliedStatus, comment } = fieldsOf(item);
  return {
    id: String(zonalShiftId),
    resource: typeof resourceIdentifier === 'string' ? resourceIdentifier : onResource,
    awayFrom: zoneId(String(awayFrom)),
    // Seconds since the epoch, as restJson1 writes them.
    expiresAt: typeof expiryTime === 'number' ? expiryTime * 1_000 : Date.parse(String(expiryTime)),
    applied: appliedStatus === 'APPLIED',
    comment: typeof comment === 'string' ? comment : '',
  };
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
