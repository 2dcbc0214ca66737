import { type Failure, judge } from '@evac/core';
import type { Cell, MoveInput } from '../contract.ts';
import { look, serviceOf } from './admit.ts';

/** Why a move's node fails, as its verdict says now; null where there is no verdict, or the move is not about a node. */
export async function failureOf(cell: Cell, input: MoveInput): Promise<Failure | null> {
  const { subject } = input;
  if (subject.kind !== 'node') return null;
  const service = serviceOf(cell, input);
  const { nodes } = judge(await look(cell, service), service, cell.clock.now());
  const verdict = nodes.find((n) => n.node === subject.node);
  return verdict ? { reason: verdict.reason, detail: verdict.detail } : null;
}
