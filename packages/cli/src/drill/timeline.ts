import { foldRefusals, type RefusalResult, type RunEvent } from '@evac/console';
import { nodeId, regionName, type Subject, serviceName, subjectName, zoneName } from '@evac/core';
import type { OrchestratorEvent } from '../orchestrator/event.ts';
import { detectedAt, type Scene } from './watch-scene.ts';

/** A line on a timeline, epoch ms. */
interface Mark {
  at: number;
  kind: RunEvent['kind'];
  text: string;
}

/** What was broken, and where: "node-hang on i-1". */
export function faultText({ scenario, subject }: Pick<Scene, 'scenario' | 'subject'>): string {
  return `${scenario.faults.join(' and ')}${on(subject)}`;
}

function on(subject: Subject | null): string {
  return subject === null ? '' : ` on ${subjectName(subject)}`;
}

/** The drill's own marks and what the orchestrator told, oldest first; times from `from` (epoch ms). */
export function timeline(
  scene: Scene,
  times: { from: number; mendedAt: number; stoppedAt: number | null; recoveredMs: number | null },
): RunEvent[] {
  const { faultAt, scenario } = scene;
  const recoveredAt = times.recoveredMs === null ? null : faultAt + times.recoveredMs;
  const marks: (Omit<Mark, 'at'> & { at: number | null })[] = [
    { at: faultAt, kind: 'fault-on', text: faultText(scene) },
    { at: detectedAt(scene), kind: 'detected', text: 'found out' },
    { at: times.stoppedAt, kind: 'traffic-stopped', text: `the last new traffic${on(scene.subject)}` },
    { at: recoveredAt, kind: 'recovered', text: 'every request is answered again' },
    { at: times.mendedAt, kind: 'fault-off', text: `${scenario.faults.join(' and ')} taken off` },
  ];
  return [
    ...marks.flatMap(({ at, ...mark }) => (at === null ? [] : [{ ...mark, at }])),
    ...scene.told().flatMap(eventLine),
  ]
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, kind, text }) => ({ atMs: at - times.from, kind, text }));
}

/** What of the orchestrator's talk belongs on a timeline: one mark or none. */
export function eventLine(e: OrchestratorEvent): Mark[] {
  switch (e.kind) {
    case 'move':
      return [{ at: e.at, kind: 'move', text: `${e.move} of ${e.subject}: ${e.text}` }];
    case 'refused':
      return [{ at: e.at, kind: 'refused', text: e.text }];
    case 'alert':
      return [{ at: e.at, kind: 'alert', text: e.text }];
    case 'fleet':
      return [{ at: e.at, kind: 'alert', text: `${e.verdict}: ${e.text}` }];
    case 'resumed':
      return [{ at: e.at, kind: 'note', text: e.text }];
    default:
      return [];
  }
}

/** The refusals that the orchestrator told, each once; times from the fault. */
export function refusals(scene: Scene): RefusalResult[] {
  const heard = scene.told().flatMap((e) => {
    if (e.kind !== 'refused') return [];
    const { move, guard, because, unblock } = e;
    const service = serviceName(scene.stage.world.service);
    const subject = readSubject(e.subject);
    const candidate = {
      move,
      subject,
      service,
      verb: 'automatic' as const,
      by: 'evac',
      because,
      since: e.at,
    };
    return [{ at: e.at, refusal: { candidate, guard, because, unblock } }];
  });
  return foldRefusals(heard, scene.faultAt);
}

/** A subject from its path, "us-west-2/us-west-2a/i-1". */
function readSubject(path: string): Subject {
  const [region = '', zone, node] = path.split('/');
  if (zone === undefined) return { kind: 'region', region: regionName(region) };
  if (node === undefined) return { kind: 'zone', region: regionName(region), zone: zoneName(zone) };
  return { kind: 'node', region: regionName(region), zone: zoneName(zone), node: nodeId(node) };
}
