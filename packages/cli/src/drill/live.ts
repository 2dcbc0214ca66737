import { bucketRequests, type LiveNodeState, type LiveView, type RunEvent } from '@evac/console';
import type { WorldView } from '@evac/sim/admin';
import { requestResult, type Stage } from './stage.ts';
import { eventLine } from './timeline.ts';

const shownMs = 90_000;

/** What a person watches, from what is known of a stage now. */
export function liveView(stage: Stage, title: string, marks: readonly RunEvent[], now: number): LiveView {
  const view = stage.view();
  const from = stage.startedAt;
  const recent = stage.results.filter((r) => now - r.at < shownMs).map(requestResult);
  const verdicts = verdictsNow(stage);
  const told = stage.events
    .flatMap(eventLine)
    .map(({ at, kind, text }): RunEvent => ({ atMs: at - from, kind, text }));
  return {
    title,
    now,
    elapsedMs: now - from,
    regions: view.regions.map((region) => ({
      name: region.name,
      weight: region.weight,
      answered: region.answered,
      switchedOff: !region.answered && region.weight > 0,
      zones: region.zones.map((zone) => ({
        name: zone.name,
        evacuated: zone.shifted,
        nodes: region.nodes
          .filter((n) => n.zone === zone.name)
          .map((n) => ({ id: n.node, state: stateOf(n, zone.shifted, verdicts.get(n.node)) })),
      })),
    })),
    series: bucketRequests(recent, from),
    incidents: view.regions.flatMap((r) => r.incidents),
    faults: view.faults.map(({ name, target }) => ({
      name,
      target,
      onMs: onSince(marks, name) ?? now - from,
    })),
    events: [...told, ...marks].toSorted((a, b) => a.atMs - b.atMs),
  };
}

type WorldNode = WorldView['regions'][number]['nodes'][number];

function stateOf(node: WorldNode, shifted: boolean, verdict: string | undefined): LiveNodeState {
  if (node.lifecycle === 'terminating' || node.target === 'draining') return 'draining';
  if (verdict === 'dead' || verdict === 'failing' || verdict === 'saturated') return verdict;
  if (shifted) return 'evacuated';
  if (node.lifecycle === 'pending' || node.target === 'initial') return 'starting';
  return node.target === 'healthy' ? 'healthy' : 'unknown';
}

/** The last verdict on each node that was told and not taken back. */
function verdictsNow(stage: Stage): Map<string, string> {
  const now = new Map<string, string>();
  for (const event of stage.events) {
    const node = event.kind === 'verdict' ? event.subject.split('/')[2] : undefined;
    if (event.kind === 'verdict' && node !== undefined) now.set(node, event.verdict);
  }
  return now;
}

function onSince(marks: readonly RunEvent[], name: string): number | undefined {
  return marks.findLast((m) => m.kind === 'fault-on' && m.text.includes(name))?.atMs;
}
