import { failBacksOf, hasTakenOver, type Incident, isFailedBack } from '@evac/core';
import type { StepContext } from './context.ts';
import { begun } from './effects.ts';

const month = 30 * 86_400_000;

/** How many nodes more a group is asked for because of other moves: surely, and at most, where one is in the middle of it. */
export interface Raised {
  surely: number;
  most: number;
}

/**
 * What every other move of this cell has added to a group's size and not taken back: room that was made for a zone or a
 * region, until its fail-back, and the replacement beside an old node. `except`: the moves whose room is given back.
 */
export async function raisedByOthers(
  ctx: StepContext,
  group: string,
  except: readonly string[] = [],
): Promise<Raised> {
  const { cell, settings, incident } = ctx;
  const all = await cell.ports.store.incidents({ service: settings.name, since: cell.clock.now() - month });
  const others = all.filter((i) => i.id !== incident.id && !except.includes(i.id) && i.cell === cell.region);
  const each = others.map((other) => raisedBy(other, group, all));
  return {
    surely: each.reduce((sum, r) => sum + r.surely, 0),
    most: each.reduce((sum, r) => sum + r.most, 0),
  };
}

function raisedBy(incident: Incident, group: string, all: Incident[]): Raised {
  if (incident.move === 'replace-node') return replacement(incident, group);
  const back = failBacksOf(incident, all);
  if (back.some((i) => isGivenBack(i, group)) || isFailedBack(incident, all)) return none;
  const room = begun(incident).filter(
    ({ step, key }) => (step === 'make-room' || step === 'pre-scale') && key === group,
  );
  const most = room.reduce((sum, { data }) => sum + Number(data.to) - Number(data.from), 0);
  const clear =
    room.every((effect) => effect.done) &&
    !incident.events.some((e) => e.step === 'lower') &&
    !back.some((i) => i.events.some((e) => e.step === 'restore-room'));
  return isSettled(incident) && clear ? { surely: most, most } : { surely: 0, most };
}

/** From its launch until the old node, or the replacement itself, is ended. */
function replacement(incident: Incident, group: string): Raised {
  const { events, closedAt } = incident;
  const launched = events.findLast(
    (e) => e.step === 'launch' && e.phase !== 'note' && e.data?.group === group,
  );
  if (!launched || launched.phase === 'failed' || closedAt !== null) return none;
  if (events.some((e) => e.step === 'launch' && e.phase === 'undone')) return none;
  if (events.some((e) => e.step === 'retire' && e.phase === 'done')) return none;
  const ending = events.some((e) => e.step === 'retire' || e.step === 'revert');
  return { surely: launched.phase === 'done' && !ending ? 1 : 0, most: 1 };
}

const none: Raised = { surely: 0, most: 0 };

/** What could not be undone is for a person, and nobody knows what the person did; a failover that stands keeps its room. */
function isSettled(incident: Incident): boolean {
  return incident.closedAt === null || incident.outcome === 'recovered' || hasTakenOver(incident);
}

function isGivenBack({ events }: Incident, group: string): boolean {
  return events.some((e) => e.step === 'restore-room' && e.phase === 'done' && e.data?.key === group);
}
