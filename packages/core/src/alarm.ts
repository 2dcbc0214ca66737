import type { ServiceName } from './ids.ts';
import { contains, type Subject } from './move.ts';
import type { AlarmFact, Snapshot } from './snapshot.ts';

/** A region's memory of the alarms that went off. */
export interface AlarmMemory {
  /** The same alarm that goes off again replaces what was kept of it. */
  keep(ask: { service: ServiceName; alarm: AlarmFact }): Promise<void>;
  recent(ask: { service: ServiceName }): Promise<AlarmFact[]>;
}

/** As long as an alarm's own minutes of evaluation, and the evidence, may take to come together. */
const besideMs = 15 * 60_000;
/** Who wants more of them looks at CloudWatch. */
const most = 3;

/**
 * Alarms that went off lately about a subject, about what it lies in, or about what lies in it; newest first. They have no
 * weight in any verdict: a person reads them beside it.
 */
export function alarmsAbout(
  subject: Subject,
  { alarms = [], targets }: Pick<Snapshot, 'alarms' | 'targets'>,
  now: number,
): AlarmFact[] {
  return alarms
    .filter((alarm) => {
      const place = placeOf(alarm, targets);
      const isLate = now - alarm.at > besideMs;
      return !isLate && place !== null && (contains(place, subject) || contains(subject, place));
    })
    .toSorted((a, b) => b.at - a.at || a.name.localeCompare(b.name));
}

/** "; alarm gpu-errors went off at 2026-11-21T12:03:11Z, about i-a1 by its tags"; empty without alarms. */
export function alarmsBeside(
  subject: Subject,
  snapshot: Pick<Snapshot, 'alarms' | 'targets'>,
  now: number,
): string {
  const all = alarmsAbout(subject, snapshot, now);
  const told = all.slice(0, most).map(({ name, at, region, zone, node, because }) => {
    const time = new Date(at).toISOString().replace(/\.\d+/, '');
    const source = because === 'config' ? 'the config' : `its ${because}`;
    return `; alarm ${name} went off at ${time}, about ${node ?? zone ?? region} by ${source}`;
  });
  const more = all.length > most ? `; ${all.length - most} more alarm(s) did` : '';
  return told.join('') + more;
}

/** A node that nobody asks any more lies nowhere: what its alarm says is about nothing that could be moved. */
function placeOf({ region, zone, node }: AlarmFact, targets: Snapshot['targets']): Subject | null {
  if (node === null) return zone === null ? { kind: 'region', region } : { kind: 'zone', region, zone };
  const target = targets.find((t) => t.kind === 'node' && t.node === node);
  return target?.kind === 'node' ? { kind: 'node', region: target.region, zone: target.zone, node } : null;
}
