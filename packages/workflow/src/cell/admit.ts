import {
  admit,
  type Guard,
  judge,
  largerMove,
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
    const answers = node?.verdict === 'healthy' || node?.verdict === 'saturated';
    // One voice is not enough to move a node, nor to take back a move: after a silence the first to speak may be the
    // one that never saw it fail.
    return answers && node.seeing >= voicesNeeded(snapshot) ? 'recovered' : 'waiting';
  }
  const verdict =
    subject.kind === 'zone'
      ? verdicts.zones.find((z) => z.zone === subject.zone)?.verdict
      : verdicts.regions.find((r) => r.region === subject.region)?.verdict;
  if (verdict === 'impaired' || verdict === 'down') return 'confirmed';
  return verdict === 'healthy' || verdict === 'serving' ? 'recovered' : 'waiting';
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
