import { expect, it } from 'vitest';
import { sumMetrics } from './prometheus.ts';

const sums = (text: string, ...names: string[]) => Object.fromEntries(sumMetrics(text, new Set(names)));

it('sums a metric over its label sets', () => {
  const text = `
# HELP vllm:tokens_total tokens
# TYPE vllm:tokens_total counter
vllm:tokens_total{engine="0"} 10
vllm:tokens_total{engine="1",} 2.5e1 1700000000000
vllm:tokens_total_created{engine="0"} 99
running 3
`;
  expect(sums(text, 'vllm:tokens_total', 'running', 'absent')).toEqual({
    'vllm:tokens_total': 35,
    running: 3,
  });
});

it.each([
  ['a{x="}"} 5', 5],
  ['a{x="\\"} 7"} 5', 5],
  ['a{x="b c",y="d"}5', 5],
  ['a\t 5\r', 5],
  ['a{} 5', 5],
])('reads %j', (line, value) => {
  expect(sums(`${line}\n`, 'a')).toEqual({ a: value });
});

it.each(['a', 'a ', 'a NaN', 'a +Inf', 'a{x="b" 5', 'a five', 'ab 5', '# a 5', '{a} 5'])(
  'finds nothing in %j',
  (line) => {
    expect(sums(line, 'a')).toEqual({});
  },
);
