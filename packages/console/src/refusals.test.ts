import { type Refusal, regionName, serviceName, zoneName } from '@evac/core';
import { expect, it } from 'vitest';
import { foldRefusals } from './refusals.ts';

function refusal(guard: Refusal['guard'], because: string): Refusal {
  return {
    candidate: {
      move: 'evacuate-zone',
      service: serviceName('chat'),
      subject: { kind: 'zone', region: regionName('us-west-2'), zone: zoneName('us-west-2a') },
      verb: 'automatic',
      by: 'evac',
      because: 'impaired',
      since: 0,
    },
    guard,
    because,
    unblock: 'wait',
  };
}

it('tells the same refusal once, with how often and how long it was said', () => {
  const folded = foldRefusals(
    [
      { at: 3_000, refusal: refusal('cooldown', 'clear in 5m') },
      { at: 2_000, refusal: refusal('cooldown', 'clear in 6m') },
      { at: 2_500, refusal: refusal('capacity', 'too few') },
    ],
    1_000,
  );
  const same = { move: 'evacuate-zone', subject: 'us-west-2/us-west-2a', unblock: 'wait' };
  expect(folded).toEqual([
    { ...same, guard: 'cooldown', because: 'clear in 6m', firstMs: 1_000, lastMs: 2_000, count: 2 },
    { ...same, guard: 'capacity', because: 'too few', firstMs: 1_500, lastMs: 1_500, count: 1 },
  ]);
});
