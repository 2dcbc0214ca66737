import type { ShiftFact, ZonalShift, ZoneId, ZoneName } from '@evac/core';
import { PortError } from '@evac/core';
import { type CloudContext, makeId, mustBeService } from './context.ts';

const minMs = 60_000;
const maxMs = 72 * 3_600_000;
const maxComment = 128;
/** From acceptance until the balancer has stopped using the zone. */
const applyMs = 1_000;

interface Shift extends Omit<ShiftFact, 'applied'> {
  appliedAt: number;
}

export interface SimulatedZonalShift {
  port: ZonalShift;
  /** True while a shift away from the zone is in force and applied. */
  isShifted(zone: ZoneName): boolean;
}

/**
 * ARC zonal shift on one load balancer: one shift at a time, by zone ID, for 1 minute to 72 hours (times the world's
 * scale). As in AWS, a second start is a conflict even for the same zone: list first.
 */
export function createZonalShift(
  context: CloudContext,
  resource: string,
  zones: { name: ZoneName; id: ZoneId }[],
): SimulatedZonalShift {
  const { clock, scale } = context;
  let present: Shift | null = null;
  const ended = new Set<string>();
  const zoneOf = (id: ZoneId) => zones.find((z) => z.id === id)?.name ?? null;

  /** The shift in force; one that ran out ends here, whoever looks first. */
  function inForce(): Shift | null {
    if (present && present.expiresAt <= clock.now()) end(present, 'expired');
    return present;
  }

  function end(shift: Shift, how: string): void {
    present = null;
    ended.add(shift.id);
    const zone = zoneOf(shift.awayFrom);
    context.emit({ kind: 'shift-ended', zone, text: `shift ${shift.id} away from ${zone} ${how}` });
  }

  function expireOnTime(shift: Shift): void {
    context.after(shift.expiresAt - clock.now(), () => {
      if (present === shift) inForce();
    });
  }

  function mustBeDuration(ms: number): void {
    if (ms >= minMs * scale && ms <= maxMs * scale) return;
    throw new PortError(
      'invalid',
      `a zonal shift lasts ${minMs * scale} ms to ${maxMs * scale} ms here, not ${ms} ms`,
    );
  }

  const fact = ({ id, resource, awayFrom, expiresAt, appliedAt }: Shift): ShiftFact => ({
    id,
    resource,
    awayFrom,
    expiresAt,
    applied: appliedAt <= clock.now(),
  });

  const port: ZonalShift = {
    async list({ service }) {
      mustBeService(context, service);
      const shift = inForce();
      return shift ? [fact(shift)] : [];
    },
    async start({ service, awayFrom, expiresInMs, comment }) {
      mustBeService(context, service);
      const zone = zoneOf(awayFrom);
      if (zone === null) {
        const ids = zones.map((z) => z.id).join(', ');
        throw new PortError('invalid', `${awayFrom} is not a zone ID of ${resource}: it has ${ids}`);
      }
      mustBeDuration(expiresInMs);
      if (comment.length > maxComment) {
        throw new PortError(
          'invalid',
          `a comment has at most ${maxComment} characters, not ${comment.length}`,
        );
      }
      const other = inForce();
      if (other) {
        throw new PortError(
          'conflict',
          `shift ${other.id} away from ${other.awayFrom} is in force on ${resource}`,
        );
      }
      const now = clock.now();
      present = {
        id: makeId(context.random, 'shift-', 12),
        resource,
        awayFrom,
        expiresAt: now + expiresInMs,
        appliedAt: now + applyMs * scale,
      };
      context.emit({
        kind: 'shift-started',
        zone,
        text: `shift ${present.id} away from ${zone}: ${comment}`,
      });
      expireOnTime(present);
      return fact(present);
    },
    async extend({ id, expiresInMs }) {
      mustBeDuration(expiresInMs);
      const shift = inForce();
      if (shift?.id !== id)
        throw new PortError('not-found', `shift ${id} is not in force: nothing to extend`);
      present = { ...shift, expiresAt: clock.now() + expiresInMs };
      expireOnTime(present);
    },
    async cancel({ id }) {
      const shift = inForce();
      if (shift?.id === id) return end(shift, 'was cancelled');
      if (!ended.has(id))
        throw new PortError('not-found', `there was never a zonal shift ${id} on ${resource}`);
    },
  };

  return {
    port,
    isShifted(zone) {
      const shift = inForce();
      return shift !== null && shift.appliedAt <= clock.now() && zoneOf(shift.awayFrom) === zone;
    },
  };
}
