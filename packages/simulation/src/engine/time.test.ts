import { expect, test } from 'vitest';
import { enterVirtualTime, startsAt } from './time.ts';

/** As many promises, one after the other, as a real piece of work may have. */
async function work(): Promise<string> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
  return 'done';
}

test.each([
  ['an event', (go: () => void) => void setImmediate(go)],
  ['a promise', (go: () => void) => void Promise.resolve().then(go)],
])('begun from %s, no timer fires while a promise can go on', async (_, begin) => {
  const took = new Promise<number>((resolve) => {
    begin(() => {
      const time = enterVirtualTime({ next: () => 0.5 });
      setTimeout(() => {}, 15_000);
      let said = '';
      void work().then((text) => {
        said = text;
      });
      void time
        .until(() => said === 'done', 60_000)
        .then(() => {
          const now = Date.now();
          time.leave();
          resolve(now - startsAt);
        });
    });
  });
  expect(await took).toBe(0);
});

test('sleeps and timers come in the order of their times, and what is called off or aborted does not come', async () => {
  const time = enterVirtualTime({ next: () => 0.5 });
  try {
    const said: string[] = [];
    const say = (what: string) => () => void said.push(`${what} at ${Date.now() - startsAt}`);
    setTimeout(say('timer'), 20);
    void time.clock.sleep(10).then(say('sleep'));
    time.clock.after(30, say('plan'));
    time.clock.after(15, say('called off'))();
    setTimeout(() => time.clock.after(5, say('planned by a timer')), 5);
    const stop = new AbortController();
    time.clock.sleep(25, stop.signal).then(say('slept'), say('aborted'));
    time.clock.after(12, () => stop.abort());
    await time.until(() => false, 1_000);
    expect(said).toEqual([
      'sleep at 10',
      'planned by a timer at 10',
      'aborted at 12',
      'timer at 20',
      'plan at 30',
    ]);
  } finally {
    time.leave();
  }
});
