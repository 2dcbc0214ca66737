import { hash } from 'node:crypto';
import type { ServiceName, TargetId, VantageId } from '@evac/core';

/**
 * Where in every `intervalMs` of absolute time a vantage’s generation of a target has its turn, in milliseconds. It hangs on
 * their names alone: whoever asks for this vantage next, and knows nothing of what was asked before, keeps the same turns, and
 * nodes and vantages do not all generate at once.
 */
export function turnPhase(
  of: { vantage: VantageId; service: ServiceName; target: TargetId },
  intervalMs: number,
): number {
  const digest = hash('sha256', `${of.vantage} ${of.service} ${of.target}`, 'buffer');
  return digest.readUInt32BE(0) % intervalMs;
}

/** The number of the last turn that came before `at` (epoch ms). */
export function turnBefore(at: number, phaseMs: number, intervalMs: number): number {
  return Math.ceil((at - phaseMs) / intervalMs) - 1;
}
