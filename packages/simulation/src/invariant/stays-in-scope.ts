import { contains, type Incident, type Subject } from '@evac/core';
import type { Call, Invariant, Truth } from '../contract.ts';
import { atActs, type Seen } from './at-ports.ts';
import { isCall, succeeded } from './call.ts';
import { sayMove, sayWhat } from './say.ts';

/**
 * A cell acts on its own region and pulls traffic to itself; a move touches what it is about, the replacement that it
 * launched, and nothing else: no other node is ended or taken out, no other zone shifted away, no other region switched or
 * weighted. Who takes back the room of a zone or region may end a node that no load balancer uses, in place of any.
 */
export const staysInScope = (): Invariant => {
  const launched = new Map<string, Set<string>>();
  const shifts = new Map<string, string>();
  return atActs('stays-in-scope', (seen) => {
    const { call, ended, ledger } = seen;
    const incident = ledger.incident(call.by.region, call.by.incident);
    if (!incident) return null;
    if (isCall(call, 'fleet', 'launch') && succeeded(ended, call))
      note(launched, incident.id, ended.result.node);
    if (isCall(call, 'zonalShift', 'start') && succeeded(ended, call))
      shifts.set(ended.result.id, call.ask.awayFrom);
    const fault = stray(seen, incident, launched.get(incident.id) ?? new Set(), shifts);
    return fault && `${sayMove(incident)} made ${sayWhat(call)}: ${fault}`;
  });
};

function stray(
  { call, truth }: Seen,
  { move, subject }: Incident,
  launched: ReadonlySet<string>,
  shifts: ReadonlyMap<string, string>,
): string | null {
  const { by } = call;
  if (call.port !== 'dns' && call.region !== by.region) return `it belongs to ${by.region}`;
  const ofRegion = subject.kind === 'region';
  if (ofRegion ? subject.region === by.region : subject.region !== by.region) {
    return `a ${subject.kind} of ${subject.region} is not for the cell of ${by.region} to move`;
  }
  if (isCall(call, 'switch', 'write')) {
    return ofRegion && call.ask.region === subject.region
      ? null
      : `its subject is not the region ${call.ask.region}`;
  }
  if (call.port === 'dns' && !ofRegion) return 'a node or zone has no weight in DNS';
  if (isCall(call, 'dns', 'setWeights')) {
    const other = Object.keys(call.ask.weights).find((name) => name !== subject.region && name !== by.region);
    return other === undefined ? null : `the weight of ${other} is for other moves`;
  }
  if (isCall(call, 'fleet', 'terminate') || isCall(call, 'fleet', 'keep')) {
    const own = subject.kind === 'node' && subject.node === call.ask.node;
    const spare = subject.kind !== 'node' && call.ask.decrement && carriesNothing(call.ask.node, truth, call);
    return own || launched.has(call.ask.node) || spare
      ? null
      : `${call.ask.node} is neither its subject nor launched by it`;
  }
  if (isCall(call, 'restart', 'restart')) {
    return subject.kind === 'node' && subject.node === call.ask.node
      ? null
      : `${call.ask.node} is not its subject`;
  }
  if (isCall(call, 'fleet', 'launch'))
    return move === 'replace-node' ? null : 'only a replacement is launched';
  if (isCall(call, 'balancer', 'deregister')) {
    return lies(call.ask.node, subject, truth, call) ? null : `${call.ask.node} does not lie in its subject`;
  }
  if (isCall(call, 'zonalShift', 'start')) return isZone(subject, call.ask.awayFrom, truth);
  if (isCall(call, 'zonalShift', 'extend') || isCall(call, 'zonalShift', 'cancel')) {
    return isZone(subject, shifts.get(call.ask.id), truth);
  }
  return null;
}

function isZone(subject: Subject, id: string | undefined, { scene }: Truth): string | null {
  const name = scene.world.regions.flatMap((r) => r.zones).find((z) => z.id === id)?.name;
  if (id === undefined) return 'nobody has started that shift';
  return subject.kind === 'zone' && subject.zone === name ? null : `${name ?? id} is not its subject`;
}

/** Known to no load balancer: what was a target is draining once it is ended. */
function carriesNothing(node: string, truth: Truth, { region }: Call): boolean {
  const nodes = truth.view().regions.find((r) => r.name === region)?.nodes ?? [];
  return nodes.every((n) => n.node !== node || n.target === 'unused');
}

/** A node that is gone lies wherever it is said to: taking it out does nothing. */
function lies(node: string, subject: Subject, truth: Truth, { region }: Call): boolean {
  if (subject.kind === 'node') return subject.node === node;
  const known = truth
    .view()
    .regions.find((r) => r.name === region)
    ?.nodes.find((n) => n.node === node);
  return !known || contains(subject, { kind: 'node', region, zone: known.zone, node: known.node });
}

function note(all: Map<string, Set<string>>, incident: string, node: string): void {
  const own = all.get(incident) ?? new Set();
  all.set(incident, own.add(node));
}
