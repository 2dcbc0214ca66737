import type { ServiceSettings, ShiftFact, ZonalShift, ZoneId } from '@evac/core';
import { PortError, zoneId } from '@evac/core';
import { type PortContext, serviceHere } from './context.ts';
import { LostAnswer } from './errors.ts';
import { groupsNamed } from './groups.ts';
import { type ArcShift, readManagedResource, readZonalShift, readZonalShifts } from './shift-answers.ts';
import { ArcClient } from './signed/arc.ts';
import { isShiftable, targetGroupArns, targetGroupsOf } from './targets.ts';

const minMs = 60_000;
const maxMs = 72 * 3_600_000;
const maxComment = 128;
const mostTries = 3;
/** Between the ids of the shifts that are one to us. */
const separator = '+';

/**
 * ARC zonal shift on the service's load balancers. A service behind several has one shift to us where all of them have
 * it; its id names them all. Where one of them has `zonal_shift.config.enabled` off there is no shift to be had: none is
 * listed, and `start` rejects with `invalid` before anything is begun.
 */
export function createZonalShift(context: PortContext): ZonalShift {
  const { clients } = context;
  const reading = clients.get(ArcClient);
  const acting = clients.once(ArcClient);

  return {
    async list({ service }) {
      const { shiftable, all } = await loadBalancers(serviceHere(context, service).here.groups);
      // A load balancer that ARC does not manage has no shifts, and asking for them would be an error.
      if (all.length === 0 || shiftable.length < all.length) return [];
      return together(await Promise.all(all.map(shiftsOn)));
    },

    async start({ service, awayFrom, expiresInMs, comment }) {
      const { here } = serviceHere(context, service);
      if (!here.zones.some((z) => z.id === awayFrom)) {
        const ids = here.zones.map((z) => z.id).join(', ');
        throw new PortError('invalid', `${awayFrom} is not a zone ID of ${service}: it has ${ids}`);
      }
      mustBeDuration(expiresInMs);
      if (comment.length > maxComment) {
        const said = `a comment has at most ${maxComment} characters, not ${comment.length}`;
        throw new PortError('invalid', said);
      }
      const { shiftable, all } = await loadBalancers(here.groups);
      const off = all.filter((arn) => !shiftable.includes(arn));
      if (all.length === 0) throw new PortError('invalid', `${service} has no load balancer to shift`);
      if (off.length > 0) {
        const said = `zonal shift is off (zonal_shift.config.enabled) on ${off.join(', ')}`;
        throw new PortError('invalid', `${said}: its targets can be deregistered instead`);
      }
      const present = await Promise.all(all.map(shiftsOn));
      const others = present.flat().filter((s) => s.awayFrom !== awayFrom);
      const covered = present.every((shifts) => shifts.some((s) => s.awayFrom === awayFrom));
      const inForce = others[0] ?? (covered ? present.flat()[0] : undefined);
      if (inForce) {
        const said = `shift ${inForce.id} away from ${inForce.awayFrom} is in force on ${inForce.resource}`;
        throw new PortError('conflict', said);
      }
      const started: ArcShift[] = [];
      for (const [i, resource] of all.entries()) {
        const own = present[i]?.find((s) => s.awayFrom === awayFrom);
        // Of ours where an earlier run did not come to the end; somebody else's is not ours to cancel.
        if (own && own.comment !== comment) continue;
        started.push(own ?? (await begin(resource, awayFrom, expiresInMs, comment)));
      }
      return one(started);
    },

    async extend({ id, expiresInMs }) {
      mustBeDuration(expiresInMs);
      for (const part of id.split(separator)) {
        const request = {
          method: 'PATCH' as const,
          path: ['zonalshifts', part],
          body: { expiresIn: minutes(expiresInMs) },
        };
        try {
          await clients.call('UpdateZonalShift', (options) => reading.send(request, options));
        } catch (error) {
          if (!isOver(error)) throw error;
          throw new PortError('not-found', `shift ${part} is not in force: nothing to extend`);
        }
      }
    },

    async cancel({ id }) {
      for (const part of id.split(separator)) {
        await mustNotHoldGroup(part);
        const request = { method: 'DELETE' as const, path: ['zonalshifts', part] };
        try {
          await clients.call('CancelZonalShift', (options) => reading.send(request, options));
        } catch (error) {
          if (!isOver(error)) throw error;
        }
      }
    },
  };

  async function loadBalancers(groupNames: string[]): Promise<{ all: string[]; shiftable: string[] }> {
    const arns = targetGroupArns(await groupsNamed(clients, groupNames));
    const targetGroups = await targetGroupsOf(clients, arns);
    const all = [...new Set(targetGroups.flatMap((t) => t.LoadBalancerArns ?? []))].toSorted();
    const answers = await Promise.all(all.map((arn) => isShiftable(clients, arn)));
    return { all, shiftable: all.filter((_, i) => answers[i]) };
  }

  /** What is in force on one load balancer: ours, somebody else's, and AWS's own autoshift. */
  async function shiftsOn(resource: string): Promise<ArcShift[]> {
    const request = { method: 'GET' as const, path: ['managedresources', resource] };
    try {
      const answer = await clients.call('GetManagedResource', (options) => reading.send(request, options));
      return readManagedResource(answer, resource);
    } catch (error) {
      if (error instanceof PortError && error.code === 'not-found') return [];
      throw error;
    }
  }

  /** Starts one shift; where the answer was lost looks first, because a second start is a conflict with the first. */
  async function begin(
    resource: string,
    awayFrom: ZoneId,
    expiresInMs: number,
    comment: string,
  ): Promise<ArcShift> {
    const body = { resourceIdentifier: resource, awayFrom, expiresIn: minutes(expiresInMs), comment };
    const request = { method: 'POST' as const, path: ['zonalshifts'], body };
    for (let tries = 1; ; tries++) {
      try {
        const answer = await clients.call('StartZonalShift', (options) => acting.send(request, options));
        return readZonalShift(answer);
      } catch (error) {
        if (!(error instanceof LostAnswer) || tries === mostTries) throw error;
        const found = (await shiftsOn(resource)).find(
          (s) => s.awayFrom === awayFrom && s.comment === comment,
        );
        if (found) return found;
      }
    }
  }

  /**
   * A shift of an Auto Scaling group ends before its load balancer's does: the other way round, traffic comes back to
   * a zone that launches nothing. Other people's groups are none of our business.
   */
  async function mustNotHoldGroup(id: string): Promise<void> {
    const shifts = await activeShifts();
    const own = shifts.find((s) => s.id === id);
    const groups = new Set(context.services.flatMap(groupsHere));
    const group = shifts.find(
      ({ resource, awayFrom }) =>
        resource.includes(':autoScalingGroup:') &&
        groups.has(resource.split('autoScalingGroupName/').at(-1) ?? '') &&
        awayFrom === own?.awayFrom,
    );
    if (!group) return;
    throw new PortError(
      'conflict',
      `the Auto Scaling group's shift ${group.id} on ${group.resource} has to be cancelled before ${id} is`,
    );
  }

  function groupsHere({ regions }: ServiceSettings): string[] {
    return regions.flatMap(({ region, groups }) => (region === clients.region ? groups : []));
  }

  async function activeShifts(): Promise<ArcShift[]> {
    return clients.call('ListZonalShifts', async (options) => {
      const shifts: ArcShift[] = [];
      let nextToken: string | undefined;
      do {
        const query = { status: 'ACTIVE', ...(nextToken === undefined ? {} : { nextToken }) };
        const page = readZonalShifts(
          await reading.send({ method: 'GET', path: ['zonalshifts'], query }, options),
        );
        shifts.push(...page.shifts);
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return shifts;
    });
  }
}

/** One fact for each zone that every load balancer is shifted away from. */
function together(perResource: ArcShift[][]): ShiftFact[] {
  const zones = new Set(perResource.flat().map((s) => s.awayFrom));
  return [...zones].flatMap((zone): ShiftFact[] => {
    const parts = perResource.map((shifts) => shifts.find((s) => s.awayFrom === zone));
    return parts.every((s) => s !== undefined) ? [one(parts)] : [];
  });
}

function one(parts: ArcShift[]): ShiftFact {
  return {
    id: parts.map((s) => s.id).join(separator),
    resource: parts.map((s) => s.resource).join(separator),
    awayFrom: parts[0]?.awayFrom ?? zoneId(''),
    expiresAt: Math.min(...parts.map((s) => s.expiresAt)),
    applied: parts.every((s) => s.applied),
  };
}

function mustBeDuration(ms: number): void {
  if (ms >= minMs && ms <= maxMs) return;
  throw new PortError('invalid', `a zonal shift lasts ${minMs} ms to ${maxMs} ms, not ${ms} ms`);
}

/** ARC counts in whole minutes: never shorter than asked for. */
function minutes(ms: number): string {
  return `${Math.ceil(ms / 60_000)}m`;
}

function isOver(error: unknown): boolean {
  return error instanceof PortError && error.code === 'conflict' && /NotActive/.test(error.message);
}
