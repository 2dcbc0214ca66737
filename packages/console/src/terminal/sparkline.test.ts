import { expect, it } from 'vitest';
import { lastSeconds, sparkline } from './sparkline.ts';

const bucket = (second: number, ok: number, failed = 0) => ({
  atMs: second * 1_000,
  widthMs: 1_000,
  ok,
  failed,
  p50Ms: null,
  p99Ms: null,
});

it('takes the last whole seconds, with zeros where nothing was asked', () => {
  const series = [bucket(1, 9), bucket(7, 2), bucket(9, 1, 1), bucket(10, 5)];
  expect(lastSeconds(series, 10_400, 3)).toEqual([
    { ok: 2, failed: 0 },
    { ok: 0, failed: 0 },
    { ok: 1, failed: 1 },
  ]);
});

it('shows the full height for the most, and something for anything above nothing', () => {
  expect(sparkline([0, 1, 50, 100], 100, ' ▁▂▃▄▅▆▇█')).toBe(' ▁▄█');
  expect(sparkline([0, 0], 0, ' ▁█')).toBe('  ');
});
