import { describe, expect, it } from 'vitest';
import { createTestClock } from '../../../aws/src/testing/clock.ts';
import { remember } from './remember.ts';

function reading() {
  const clock = createTestClock();
  const asked: string[] = [];
  let fails = false;
  const read = remember(
    async (ask: { service: string }) => {
      asked.push(ask.service);
      if (fails) throw new Error('gone');
      return asked.length;
    },
    clock,
    2_000,
  );
  return { clock, asked, read, fail: (does: boolean) => (fails = does) };
}

describe('what is remembered', () => {
  it('answers the same question for a while, also while the first answer is awaited', async () => {
    const { clock, read, asked } = reading();
    expect(await Promise.all([read({ service: 'llm' }), read({ service: 'llm' })])).toEqual([1, 1]);
    clock.pass(1_999);
    expect(await read({ service: 'llm' })).toBe(1);
    clock.pass(1);
    expect(await read({ service: 'llm' })).toBe(2);
    expect(asked).toHaveLength(2);
  });

  it('is no answer to another question', async () => {
    const { read, asked } = reading();
    await read({ service: 'llm' });
    await read({ service: 'chat' });
    expect(asked).toEqual(['llm', 'chat']);
  });

  it('is a failure too, and no longer than an answer', async () => {
    const { clock, read, fail, asked } = reading();
    fail(true);
    await expect(read({ service: 'llm' })).rejects.toThrow('gone');
    fail(false);
    await expect(read({ service: 'llm' })).rejects.toThrow('gone');
    clock.pass(2_000);
    expect(await read({ service: 'llm' })).toBe(2);
    expect(asked).toHaveLength(2);
  });
});
