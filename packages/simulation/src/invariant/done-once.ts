import type { Invariant } from '../contract.ts';
import { atActs } from './at-ports.ts';
import { isCall, succeeded } from './call.ts';
import { sayMs, sayWhat, sayWho } from './say.ts';

const dayMs = 86_400_000;

/**
 * A step that is run again does not act twice: one incident launches one replacement, and a node's server is restarted
 * once a day, whatever was killed, retried or resumed in between.
 */
export const doneOnce = (): Invariant => {
  const launched = new Map<string, string>();
  const restarted = new Map<string, { at: number; token: string }>();
  return atActs('done-once', ({ call, ended }) => {
    if (isCall(call, 'fleet', 'launch') && succeeded(ended, call)) {
      const incident = call.by.incident ?? '';
      const { node } = ended.result;
      const first = launched.get(incident) ?? node;
      launched.set(incident, first);
      if (first === node) return null;
      return `${sayWho(call.by)} made ${sayWhat(call)} and got ${node}, though the same incident had launched ${first} before`;
    }
    if (isCall(call, 'restart', 'restart')) {
      const { node, token } = call.ask;
      const before = restarted.get(node);
      if (before?.token === token) return null;
      restarted.set(node, { at: call.at, token });
      if (!before || call.at - before.at >= dayMs) return null;
      return `${sayWho(call.by)} made ${sayWhat(call)}, ${sayMs(call.at - before.at)} after it was restarted with token ${before.token}`;
    }
    return null;
  });
};
