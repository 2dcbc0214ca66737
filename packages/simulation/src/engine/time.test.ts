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
