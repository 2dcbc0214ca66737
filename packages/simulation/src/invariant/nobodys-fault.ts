import type { Subject } from '@evac/core';
import type { FaultName } from '@evac/sim';
import type { Invariant, Trouble, Truth } from '../contract.ts';
import { atAdmissions } from './at-ports.ts';
import { isBlinding } from './blinding.ts';
import { detectionMs } from './bounds.ts';
import { sayMove } from './say.ts';

/** What strikes everything at once, or is no failure: nothing is moved for it, and a person is called. */
const harmless: readonly FaultName[] = [
  'bad-release',
  'wrong-probe',
  'overload',
  'dns-api-loss',
  'no-capacity',
];

type FaultTrouble = Extract<Trouble, { kind: 'fault' }>;

/**
 * What the whole fleet does at once is no node's and no zone's fault: Evac by itself moves nothing for a bad release, a
 * wrong probe, overload, or for nothing at all. Something that a move can mend must strike the subject, or have struck
 * it within the detection bound. A replacement that is slow to load is the subject's own trouble; so is a vantage that
 * is cut off, and there `evidence` says what is enough.
 */
export const nobodysFault = (): Invariant =>
  atAdmissions('nobodys-fault', ({ incident, region, knewAt }, { truth }) => {
    const { move, verb, subject } = incident;
    if (verb !== 'automatic' || move === 'fail-back') return null;
    const from = knewAt - truth.startedAt - detectionMs(truth.service);
    const until = knewAt - truth.startedAt;
    const recent = truth.scene.troubles.filter(
      (t) => t.at <= until && t.at + ('forMs' in t ? t.forMs : 0) >= from,
    );
    if (recent.some(isBlinding)) return null;
    const faults = recent.filter((t): t is FaultTrouble => t.kind === 'fault');
    if (faults.some((f) => !harmless.includes(f.name) && mayStrike(f.target, subject, truth))) return null;
    if (subject.kind === 'node' && isYoung(subject.node, region, truth)) return null;
    const names = faults.map((f) => `${f.name} of ${f.target}`).join(', ');
    return `${sayMove(incident)} was admitted in ${region}, though nothing that a move can mend had struck it lately (there was: ${names || 'nothing'})`;
  });

/** A node's fault is drawn as a place, `us-west-2a/0`: it may be any node there. What is inside a subject may be all of it. */
function mayStrike(target: string, subject: Subject, { scene }: Truth): boolean {
  if (target === 'world' || target === subject.region) return true;
  const zone = target.split('/')[0];
  if (subject.kind !== 'region') return zone === subject.zone;
  return scene.world.regions.some((r) => r.name === subject.region && r.zones.some((z) => z.name === zone));
}

function isYoung(node: string, region: string, truth: Truth): boolean {
  const known = truth
    .view()
    .regions.find((r) => r.name === region)
    ?.nodes.find((n) => n.node === node);
  return !known || known.launchedAt > truth.startedAt;
}
