import { expect, it } from 'vitest';
import type { Output } from '../output.ts';
import { createProgress } from './progress.ts';
import { keepingOutput } from './testing/keeping-output.ts';

it('is a bar over itself on a terminal', () => {
  const shown: (string | null)[] = [];
  const output: Output = { ...keepingOutput().output, progress: (text) => shown.push(text) };
  const progress = createProgress(40, output, true);
  progress.at(10, 3, 1);
  progress.end();
  expect(shown).toEqual([
    expect.stringMatching(/^█{5}░{15} 10 of 40 seeds, \d+ failovers a minute, 1 violation, .+ left$/),
    null,
  ]);
});

it('is a line for every tenth elsewhere', () => {
  const { output, lines } = keepingOutput();
  const progress = createProgress(40, output, false);
  for (let done = 1; done <= 40; done += 1) progress.at(done, 0, 0);
  progress.end();
  expect(lines).toHaveLength(9);
  expect(lines[0]).toMatch(/^4 of 40 seeds, 0 failovers a minute, 0 violations, /);
});
