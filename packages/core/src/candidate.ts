import type { Verdicts } from './decision.ts';
import type { RegionName } from './ids.ts';
import { isFailedBack, isFailedOver, leftOutBy } from './incident.ts';
import { type Candidate, type MoveName, type Subject, subjectPath } from './move.ts';
import type { ServiceSettings } from './settings.ts';
import type { RegionFact, Snapshot, TargetState } from './snapshot.ts';

/**
 * What the evidence suggests, before any guard: every target with a bad vote is named, so that a move that does not
 * happen is a refusal with its reason and not a silence. Larger subjects first, since they subsume smaller ones.
 */
export function candidates(snapshot: Snapshot, settings: ServiceSettings, verdicts: Verdicts): Candidate[] {
  const asked = snapshot.requests.filter((r) => r.service === snapshot.service);
  const found = [
    ...regionsToLeave(snapshot, settings, verdicts),
    ...zonesToLeave(snapshot, settings, verdicts),
    ...nodesToReplace(snapshot, verdicts),
    ...regionsToReturn(snapshot, settings, verdicts),
    ...zonesToReturn(snapshot, settings, verdicts),
    ...nodesToReturn(snapshot, settings, verdicts),
  ].map((c): Candidate => ({ ...c, service: snapshot.service, verb: 'automatic', by: 'evac' }));
  const isOpen = (move: MoveName, subject: Subject) =>
    snapshot.incidents.some(
      (i) => i.closedAt === null && i.move === move && subjectPath(i.subject) === subjectPath(subject),
    );
  const isAsked = (c: Candidate) =>
    asked.some((a) => a.move === c.move && subjectPath(a.subject) === subjectPath(c.subject));
  return [...asked, ...found.filter((c) => !isOpen(c.move, c.subject) && !isAsked(c))];
}

type Found = Pick<Candidate, 'move' | 'subject' | 'because' | 'since'>;

function regionsToLeave(snapshot: Snapshot, settings: ServiceSettings, verdicts: Verdicts): Found[] {
  return verdicts.regions.flatMap((verdict): Found[] => {
    if (verdict.region === snapshot.cell || isOut(verdict.region, snapshot, settings)) return [];
    if (verdict.verdict !== 'down' && verdict.verdict !== 'suspected') return [];
    return [
      {
        move: 'fail-over-region',
        subject: { kind: 'region', region: verdict.region },
        because: verdict.because,
        since: verdict.since,
      },
    ];
  });
}

/** Out of DNS already: as its switch or its weight says, and where that could not be read, as the record does. */
function isOut(region: RegionName, { regions, incidents }: Snapshot, { dns }: ServiceSettings): boolean {
  const fact = regions.find((r) => r.region === region);
  if (fact?.switchedOff === true || fact?.weight === 0) return true;
  const unread = (dns?.control === 'records' ? fact?.weight : fact?.switchedOff) === null;
  return unread && isFailedOver(region, incidents);
}

function zonesToLeave(snapshot: Snapshot, settings: ServiceSettings, verdicts: Verdicts): Found[] {
  return verdicts.zones.flatMap((verdict): Found[] => {
    if (verdict.verdict !== 'impaired' && verdict.verdict !== 'suspected') return [];
    if (isShifted(snapshot, settings, verdict.zone)) return [];
    return [
      {
        move: 'evacuate-zone',
        subject: { kind: 'zone', region: snapshot.cell, zone: verdict.zone },
        because: verdict.because,
        since: verdict.since,
      },
    ];
  });
}

function nodesToReplace(snapshot: Snapshot, verdicts: Verdicts): Found[] {
  const serving = new Set(snapshot.fleet?.nodes.filter((n) => n.lifecycle === 'in-service').map((n) => n.id));
  return verdicts.nodes.flatMap((verdict): Found[] => {
    if (verdict.bad === 0 || (snapshot.fleet !== null && !serving.has(verdict.node))) return [];
    return [
      {
        move: 'replace-node',
        subject: { kind: 'node', region: snapshot.cell, zone: verdict.zone, node: verdict.node },
        because: `${verdict.bad} of ${verdict.seeing} vantages: ${verdict.reason} (${verdict.detail})`,
        since: verdict.since,
      },
    ];
  });
}

function regionsToReturn(snapshot: Snapshot, settings: ServiceSettings, verdicts: Verdicts): Found[] {
  return snapshot.regions.flatMap((fact): Found[] => {
    const verdict = verdicts.regions.find((r) => r.region === fact.region);
    if (fact.region === snapshot.cell || verdict?.verdict !== 'serving') return [];
    if (!isHeldOut(fact, snapshot, settings)) return [];
    return [
      {
        move: 'fail-back',
        subject: { kind: 'region', region: fact.region },
        because: verdict.because,
        since: verdict.since,
      },
    ];
  });
}

/**
 * Out through this cell, which brings it back: only the one that holds the switch sees it on, and whose the weights are is
 * in the record, which is looked at for a day back.
 */
function isHeldOut(fact: RegionFact, { cell, incidents }: Snapshot, { dns }: ServiceSettings): boolean {
  if (dns?.control !== 'records') return fact.switchedOff === true;
  const own = incidents.filter((i) => i.cell === cell);
  return fact.weight === 0 && isFailedOver(fact.region, own);
}

function zonesToReturn(snapshot: Snapshot, settings: ServiceSettings, verdicts: Verdicts): Found[] {
  return verdicts.zones.flatMap((verdict): Found[] => {
    if (verdict.verdict !== 'healthy' || !isShifted(snapshot, settings, verdict.zone)) return [];
    const subject: Subject = { kind: 'zone', region: snapshot.cell, zone: verdict.zone };
    return [{ move: 'fail-back', subject, because: verdict.because, since: verdict.since }];
  });
}

/** Nodes that a move of ours left out of the load balancer because they were dead, and that answer again. */
function nodesToReturn(snapshot: Snapshot, settings: ServiceSettings, verdicts: Verdicts): Found[] {
  const { cell, fleet, balancer, incidents } = snapshot;
  if (!fleet || !balancer) return [];
  const serving = new Set(fleet.nodes.filter((n) => n.lifecycle === 'in-service').map((n) => n.id));
  const used = new Set(balancer.filter((t) => !leaving.includes(t.state)).map((t) => t.node));
  return verdicts.nodes.flatMap(({ node, zone, verdict, since }): Found[] => {
    if (verdict !== 'healthy' || !serving.has(node) || used.has(node)) return [];
    if (isShifted(snapshot, settings, zone)) return [];
    const subject: Subject = { kind: 'node', region: cell, zone, node };
    const by = leftOutBy(subject, incidents);
    if (!by) return [];
    return [{ move: 'fail-back', subject, because: `${by.id} left it out, and it answers again`, since }];
  });
}

const leaving: readonly TargetState[] = ['draining', 'unhealthy.draining', 'unused'];

/** Away by a zonal shift, or (where the balancer has none) by an evacuation that no fail-back has ended. */
function isShifted(snapshot: Snapshot, settings: ServiceSettings, zone: string): boolean {
  const id = settings.regions.find((r) => r.region === snapshot.cell)?.zones.find((z) => z.name === zone)?.id;
  if (snapshot.shifts?.some((s) => s.awayFrom === id)) return true;
  return snapshot.incidents.some(
    (i) =>
      i.closedAt === null &&
      i.move === 'evacuate-zone' &&
      i.subject.kind === 'zone' &&
      i.subject.zone === zone &&
      !isFailedBack(i, snapshot.incidents),
  );
}
