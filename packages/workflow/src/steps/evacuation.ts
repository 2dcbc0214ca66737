import { hasTakenOver, type Incident, isFailedBack, lastEvent, subjectPath } from '@evac/core';
import type { StepContext } from './context.ts';
import { type TargetRef, targets } from './data.ts';
import { begun } from './effects.ts';

const month = 30 * 86_400_000;

/** The move whose work a fail-back takes back: the last one on its subject that stood; null if there was none. */
export async function evacuation(ctx: StepContext): Promise<Incident | null> {
  return (await evacuations(ctx))[0] ?? null;
}

/**
 * The last one first, and before it those that no fail-back has ended either: a region may be failed over once more while
 * it is out, by a person, or by a cell that cannot read its switch.
 */
export async function evacuations(ctx: StepContext): Promise<Incident[]> {
  const { clock, ports } = ctx.cell;
  const move = ctx.input.subject.kind === 'zone' ? 'evacuate-zone' : 'fail-over-region';
  const path = subjectPath(ctx.input.subject);
  const all = await ports.store.incidents({ service: ctx.settings.name, since: clock.now() - month });
  const stood = all.filter(
    (i) =>
      i.move === move &&
      subjectPath(i.subject) === path &&
      (hasTakenOver(i) ||
        ((i.closedAt === null || i.outcome === 'recovered') && lastEvent(i, 'prove', 'done') !== undefined)),
  );
  const [last, ...earlier] = stood.toSorted((a, b) => b.openedAt - a.openedAt);
  return last ? [last, ...earlier.filter((i) => !isFailedBack(i, all))] : [];
}

/** The targets that an evacuation took out because it could not shift the zone. */
export function deregistered(evacuated: Pick<Incident, 'events'>): TargetRef[] {
  return begun(evacuated)
    .filter((e) => e.step === 'deregister-zone')
    .flatMap((e) => targets(e.data, 'targets'));
}
