import type { Clock } from '@evac/core';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../functions/lib/clock.ts';
import { alarm } from './alarm.ts';

const { now, sleep } = systemClock;

describe.each([
  ['one that can only sleep', { now, sleep } satisfies Clock],
  ['one that can also call off', systemClock],
])('an alarm on a clock, %s', (_, clock) => {
  it('goes off in its time, and not once it was called off', async () => {
    const went: string[] = [];
    const callOff = alarm(clock, 5, () => went.push('called off'));
    callOff();
    await new Promise<void>((resolve) => {
      alarm(clock, 10, () => {
        went.push('in time');
        resolve();
      });
    });
    callOff();
    expect(went).toEqual(['in time']);
  });
});
