import {
  type CheckKind,
  checksToConfirm,
  type Health,
  type ServiceSettings,
  type Target,
  type TargetId,
} from '@evac/core';
import { turnBefore } from './turn.ts';

/** A target as its vantage keeps it between questions. */
export interface Asked {
  target: Target;
  health: Health;
  startedAt: Partial<Record<CheckKind, number>>;
  /** What was suspected before is not looked into here. */
  since: number;
  /** Where in the interval its generations have their turn, and the number of the last one that was asked (turn.ts). */
  phaseMs: number;
  turn: number;
}

/** The number of the last generation that is to be asked now: not after its turn but up to a step before it. */
export function turnNow({ phaseMs }: Asked, { timing }: ServiceSettings, now: number, until: number): number {
  return turnBefore(Math.min(now + timing.fastIntervalMs, until), phaseMs, timing.deepIntervalMs);
}

/**
 * What to ask now: a check between two states before a routine one, and of those a tenth of the targets at most (but
 * one at least), so that a broken fleet does not multiply the work. What is being asked is left alone, and so are
 * generations whose turn comes at `until` or later.
 */
export function dueNow(
  known: Map<TargetId, Asked>,
  inFlight: Set<TargetId>,
  service: ServiceSettings,
  now: number,
  until: number,
): { asked: Asked; kind: CheckKind }[] {
  const { intervalMs, fastIntervalMs } = service.timing;
  const free = [...known.values()].filter((a) => !inFlight.has(a.target.id));
  const since = (a: Asked, kind: CheckKind) => now - (a.startedAt[kind] ?? Number.NEGATIVE_INFINITY);
  // A fast step comes a little early or late; half a step of slack keeps rounds from slipping by a whole one.
  const slack = fastIntervalMs / 2;
  let confirmations = Math.ceil(known.size / 10);
  return free.flatMap((asked): { asked: Asked; kind: CheckKind }[] => {
    const { suspected } = asked.target;
    const doubts = checksToConfirm(asked.health, service);
    if (suspected && (asked.startedAt[suspected.check] ?? asked.since) < suspected.at)
      doubts.push(suspected.check);
    const confirm = doubts.filter((kind) => since(asked, kind) >= fastIntervalMs - slack);
    const routine = since(asked, 'shallow') >= intervalMs - slack;
    const deep = service.deep !== null && turnNow(asked, service, now, until) > asked.turn;
    if (confirm[0] !== undefined && confirmations > 0) {
      confirmations--;
      return [{ asked, kind: confirm.at(-1) ?? confirm[0] }];
    }
    if (deep) return [{ asked, kind: 'deep' }];
    return routine ? [{ asked, kind: 'shallow' }] : [];
  });
}
