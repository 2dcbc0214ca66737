import {
  admit,
  type Guard,
  judge,
  largerMove,
  type NodeVerdict,
  type PlannedMove,
  type Refusal,
  type ServiceSettings,
  type Snapshot,
  voicesNeeded,
} from '@evac/core';
import type { Cell, MoveInput } from '../contract.ts';
import { gather } from './gather.ts';

/**
 * The guards once more, on evidence read now: what was true when the move was planned may not be any longer. `guards`: all
 * of them unless given.
 */
export async function admitMove(
  cell: Cell,
  input: MoveInput,
  guards?: readonly Guard[],
): Promise<{ ok: true } | { ok: false; refusal: Refusal }> {
  const service = serviceOf(cell, input);
  const snapshot = await look(cell, service);
  const planned: PlannedMove = { ...input, since: cell.clock.now() };
  const refusal = admit(planned, snapshot, service, cell.clock.now(), guards);
  return refusal ? { ok: false, refusal } : { ok: true };
}

/**
 * Whether a move that has begun should go on. `confirmed`: the subject is beyond doubt (a dead node, an impaired zone,
 * a region down). `waiting`: still failing, or nobody knows. `recovered`: it is healthy again. `subsumed`: a larger
 * move of its zone or region is open.
 */
export async function stillNeeded(
  cell: Cell,
  input: MoveInput,
): Promise<'confirmed' | 'waiting' | 'recovered' | 'subsumed'> {
  const service = serviceOf(cell, input);
  const snapshot = await look(cell, service);
  const { subject } = input;
  if (largerMove(snapshot.incidents, subject)) return 'subsumed';
  const verdicts = judge(snapshot, service, cell.clock.now());
  if (subject.kind === 'node') {
    const node = verdicts.nodes.find((n) => n.node === subject.node);
    if (node?.verdict === 'dead') return 'confirmed';
    return node && answers(node, snapshot) ? 'recovered' : 'waiting';
  }
  // A zone is healthy as long as nothing is found wrong: after a silence, that alone says nothing.
  const inZone = verdicts.nodes.filter((n) => subject.kind === 'zone' && n.zone === subject.zone);
  const isKnown = inZone.filter((n) => answers(n, snapshot)).length > inZone.length / 2;
  const verdict =
    subject.kind === 'zone'
      ? verdicts.zones.find((z) => z.zone === subject.zone)?.verdict
      : verdicts.regions.find((r) => r.region === subject.region)?.verdict;
  if (verdict === 'impaired' || verdict === 'down') return 'confirmed';
  const isWell = verdict === 'serving' || (verdict === 'healthy' && (isKnown || inZone.length === 0));
  return isWell ? 'recovered' : 'waiting';
}

/**
 * By enough voices: one is not enough to move a node, nor to take back a move. After a silence the first to speak may be
 * the one that never saw it fail.
 */
function answers(node: NodeVerdict, snapshot: Snapshot): boolean {
  const well = node.verdict === 'healthy' || node.verdict === 'saturated';
  return well && node.seeing >= voicesNeeded(snapshot);
}

export async function look(cell: Cell, service: ServiceSettings): Promise<Snapshot> {
  const folded = await cell.ports.store.readHealth({ service: service.name });
  return gather(cell, service, folded);
}

export function serviceOf(cell: Cell, input: MoveInput): ServiceSettings {
  const service = cell.settings.services.find((s) => s.name === input.service);
  if (!service) throw new Error(`service ${input.service} is not in the config of ${cell.region}`);
  return service;
}
