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
export const besideMs = 15 * 60_000;
/** Who wants more of them looks at CloudWatch. */
const most = 3;

/** Alarms and the targets by which a node's zone is known. */
type Told = Pick<Snapshot, 'alarms' | 'targets'>;

/**
 * The alarms that went off since a time (epoch ms) about a subject, about what it lies in, or about what lies in it, newest
 * first: "; alarm gpu-errors went off at 2026-11-21T12:03:11Z, about i-a1 by its tags". Empty without any. They have no weight
 * in a verdict: a person reads them beside it. `unless` a text tells of them already.
 */
export function alarmsBeside(
  subject: Subject,
  { alarms = [], targets }: Told,
  since: number,
  unless = '',
): string {
  const said = alarms
    .filter((alarm) => {
      const place = placeOf(alarm, subject, targets);
      const isAbout = place !== null && (contains(place, subject) || contains(subject, place));
      return isAbout && alarm.at >= since;
    })
    .toSorted((a, b) => b.at - a.at || a.name.localeCompare(b.name))
    .map(sentence)
    .filter((one) => !unless.includes(one));
  const more = said.length > most ? [`${said.length - most} more alarm(s) did`] : [];
  return [...said.slice(0, most), ...more].map((one) => `; ${one}`).join('');
}

function sentence({ name, at, region, zone, node, because }: AlarmFact): string {
  const time = new Date(at).toISOString().replace(/\.\d+/, '');
  const source = because === 'config' ? 'the config' : `its ${because}`;
  return `alarm ${name} went off at ${time}, about ${node ?? zone ?? region} by ${source}`;
}

/** A node that nobody asks any more lies nowhere: what its alarm says is about nothing that could be moved. */
function placeOf(
  { region, zone, node }: AlarmFact,
  subject: Subject,
  targets: Told['targets'],
): Subject | null {
  if (node === null) return zone === null ? { kind: 'region', region } : { kind: 'zone', region, zone };
  if (subject.kind === 'node' && subject.node === node) return subject;
  const target = targets.find((t) => t.kind === 'node' && t.node === node);
  return target?.kind === 'node' ? { kind: 'node', region: target.region, zone: target.zone, node } : null;
}
