import { alarmsBeside, besideMs } from './alarm.ts';
import { alerts } from './alert.ts';
import { candidates } from './candidate.ts';
import type { Decision, Refusal, Verdicts } from './decision.ts';
import { firstRefusal, type Guard } from './guard/guard.ts';
import { guards } from './guard/index.ts';
import { nameIncident } from './incident-name.ts';
import type { Candidate, PlannedMove } from './move.ts';
import type { ServiceSettings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import { fleetVerdict } from './verdict/fleet.ts';
import { nodeVerdicts } from './verdict/node.ts';
import { regionVerdicts } from './verdict/region.ts';
import { revisionVerdict } from './verdict/revision.ts';
import { zoneVerdicts } from './verdict/zone.ts';

/** What the evidence says, by name, before anything is decided. */
export function judge(snapshot: Snapshot, settings: ServiceSettings, now: number): Verdicts {
  const nodes = nodeVerdicts(snapshot, settings, now);
  return {
    nodes,
    zones: zoneVerdicts(snapshot, nodes, settings, now),
    regions: regionVerdicts(snapshot, settings, now),
    fleet: fleetVerdict(snapshot, nodes, settings.thresholds),
    revision: revisionVerdict(snapshot),
  };
}

/**
 * What to do, and for every move that suggests itself but may not begin, which guard refused it, why, and what would
 * unblock it. Pure: the same snapshot, settings and time always give the same decision. `asked`: the guards, all of them
 * unless given.
 */
export function decide(
  snapshot: Snapshot,
  settings: ServiceSettings,
  now: number,
  asked: readonly Guard[] = guards,
): Decision {
  const verdicts = judge(snapshot, settings, now);
  const moves: PlannedMove[] = [];
  const refusals: Refusal[] = [];
  for (const candidate of candidates(snapshot, settings, verdicts)) {
    const refusal = firstRefusal(asked, candidate, { snapshot, settings, verdicts, planned: moves, now });
    if (refusal) refusals.push(refusal);
    else moves.push(plan(candidate, snapshot, settings, now));
  }
  return {
    at: now,
    service: snapshot.service,
    cell: snapshot.cell,
    verdicts,
    moves,
    refusals,
    alerts: alerts(snapshot, settings.timing, verdicts, refusals, now),
  };
}

/**
 * The same guards again for one move that is about to begin, on evidence that is fresh by then. Its own incident is
 * left out of the snapshot, or it would refuse itself.
 */
export function admit(
  planned: PlannedMove,
  snapshot: Snapshot,
  settings: ServiceSettings,
  now: number,
  asked: readonly Guard[] = guards,
): Refusal | null {
  const others = { ...snapshot, incidents: snapshot.incidents.filter((i) => i.id !== planned.incident) };
  const verdicts = judge(others, settings, now);
  return firstRefusal(asked, planned, { snapshot: others, settings, verdicts, planned: [], now });
}

function plan(candidate: Candidate, snapshot: Snapshot, settings: ServiceSettings, now: number): PlannedMove {
  return {
    ...candidate,
    because: candidate.because + alarmsBeside(candidate.subject, snapshot, now - besideMs),
    incident: nameIncident(candidate, snapshot.incidents),
    cell: snapshot.cell,
    needsApproval: candidate.verb === 'automatic' && settings.policy[candidate.move] === 'approve',
  };
}
