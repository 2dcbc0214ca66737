import { expect, it } from 'vitest';
import { underWay } from './under-way.ts';

it('ends when all of it has, also what was added meanwhile', async () => {
  const work = underWay();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  work.add(first.promise);
  let over = false;
  const ended = work.ended().then(() => {
    over = true;
  });
  work.add(second.promise);
  first.resolve();
  await first.promise;
  expect(over).toBe(false);
  second.resolve();
  await ended;
});

it('tells of a failure when it has ended, however long ago that was, and until then nobody has to ask', async () => {
  const work = underWay();
  await work.add(Promise.reject(new Error('first')));
  await work.add(Promise.reject(new Error('second')));
  await work.add(Promise.resolve());
  await expect(work.ended()).rejects.toThrow('first');
});
