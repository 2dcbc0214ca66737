import { type CheckKind, checksToConfirm, type Health, type ServiceSettings, type Target } from '@evac/core';
import { turnBefore } from './turn.ts';

/** One round of a service: the time in which every target is asked once, epoch ms, without `until` itself. */
export interface Round {
  from: number;
  until: number;
}

/** A target as its vantage keeps it between questions. */
export interface Asked {
  target: Target;
  health: Health;
  startedAt: Partial<Record<CheckKind, number>>;
  /** What was suspected before is not looked into here. */
  since: number;
  /** The `from` of the last round in which it was asked. */
  askedIn: number;
  /** Where in the interval its generations have their turn, and the number of the last one that was asked (turn.ts). */
  phaseMs: number;
  turn: number;
}

/** One question that is due. */
export interface Due {
  asked: Asked;
  kind: CheckKind;
}

/** The number of the last generation whose turn comes in the round, or came before it. */
export function turnIn({ until }: Round, { phaseMs }: Asked, { timing }: ServiceSettings): number {
  return turnBefore(until, phaseMs, timing.deepIntervalMs);
}

/**
 * What to ask now of those that are not being asked: a check between two states first, and of those a tenth of the
 * `known` targets at most (but one at least), so that a broken fleet does not multiply the work; then, once in the round,
 * everybody. A generation whose turn comes in the round is asked in the place of the cheap question.
 */
export function dueNow(
  free: readonly Asked[],
  known: number,
  service: ServiceSettings,
  round: Round,
  now: number,
): Due[] {
  let confirmations = Math.ceil(known / 10);
  return free.flatMap((asked): Due[] => {
    const confirm = doubts(asked, service).filter((kind) => mayAskAgain(asked, kind, service, now));
    if (confirm[0] !== undefined && confirmations > 0) {
      confirmations--;
      return [{ asked, kind: confirm.at(-1) ?? confirm[0] }];
    }
    if (asked.askedIn >= round.from) return [];
    const deep = service.deep !== null && turnIn(round, asked, service) > asked.turn;
    return [{ asked, kind: deep ? 'deep' : 'shallow' }];
  });
}

/** Checks between two states, and those that another vantage has its doubts about since they were asked here. */
export function doubts(asked: Asked, service: ServiceSettings): CheckKind[] {
  const { suspected } = asked.target;
  const checks = checksToConfirm(asked.health, service);
  if (suspected && (asked.startedAt[suspected.check] ?? asked.since) < suspected.at)
    checks.push(suspected.check);
  return checks;
}

/** A step comes a little early or late; half a step of slack keeps it from slipping by a whole one. */
function mayAskAgain(
  { startedAt }: Asked,
  kind: CheckKind,
  { timing: { fastIntervalMs } }: ServiceSettings,
  now: number,
): boolean {
  return now - (startedAt[kind] ?? Number.NEGATIVE_INFINITY) >= fastIntervalMs / 2;
}
