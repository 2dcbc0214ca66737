import type { Output } from '../../output.ts';

/** An output that keeps what a command says. */
export function keepingOutput({ json = false } = {}) {
  const lines: string[] = [];
  const results: unknown[] = [];
  const output: Output = {
    json,
    line: (text = '') => {
      if (!json) lines.push(text);
    },
    result: (value) => {
      if (json) results.push(value);
    },
    progress: () => {},
    color: false,
    paint: (_, text) => text,
  };
  return { output, lines, results };
}
