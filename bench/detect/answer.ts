import type { Outcome } from '@evac/core';
import type { PlaceNode } from './place.ts';

/** What a node does with a probe. */
export type Answer = 'ok' | 'refused' | 'hang' | 'loading';

export function outcomeOf(node: PlaceNode, answer: Answer, at: number, latencyMs: number): Outcome {
  const base = { target: node.target.id, check: 'shallow', at, latencyMs, detail: answer } as const;
  switch (answer) {
    case 'ok':
      return { ...base, class: 'ok', reason: 'answered' };
    case 'refused':
      return { ...base, class: 'failed', reason: 'connect-refused' };
    case 'hang':
      return { ...base, class: 'failed', reason: 'headers-timeout' };
    case 'loading':
      return { ...base, class: 'starting', reason: 'loading' };
  }
}

export function good(node: PlaceNode, at: number, latencyMs: number): Outcome {
  return outcomeOf(node, 'ok', at, latencyMs);
}
