import { getEventListeners } from 'node:events';
import FakeTimers from '@sinonjs/fake-timers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from './clock.ts';

let timers: FakeTimers.Clock;
beforeEach(() => {
  timers = FakeTimers.install({ now: 5_000, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => timers.uninstall());

async function sleepUntil(ms: number): Promise<number> {
  const clock = systemClock();
  await clock.sleep(ms);
  return clock.now();
}

test('tells and sleeps the time of the installed timers', async () => {
  const woken = sleepUntil(250);
  await timers.tickAsync(250);
  expect(await woken).toBe(5_250);
});

test('sleeps longer than a timer of Node can', async () => {
  const days = 40 * 86_400_000;
  const woken = sleepUntil(days);
  await timers.runAllAsync();
  expect(await woken).toBe(5_000 + days);
});

test('an aborted sleep rejects with the reason and leaves no timer', async () => {
  const abort = new AbortController();
  const sleeping = systemClock().sleep(1_000, abort.signal);
  abort.abort(new Error('enough'));
  await expect(sleeping).rejects.toThrow('enough');
  expect(timers.countTimers()).toBe(0);
});

test('a sleep that ended leaves no listener on its signal', async () => {
  const { signal } = new AbortController();
  const sleeping = systemClock().sleep(1_000, signal);
  await timers.tickAsync(1_000);
  await sleeping;
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a sleep on an aborted signal never begins', async () => {
  const sleeping = systemClock().sleep(1_000, AbortSignal.abort(new Error('too late')));
  await expect(sleeping).rejects.toThrow('too late');
  expect(timers.countTimers()).toBe(0);
});
