import { describe, expect, it } from 'vitest';
import type { Run } from '../drill-result.ts';
import { written } from '../html/html.ts';
import { demoRun } from '../testing/demo-run.ts';
import { attribute, openPage, textOf } from '../testing/page.ts';
import { renderChart } from './chart.ts';
import { textWidth } from './place.ts';

const demo = demoRun();

function open(run: Run, width: number) {
  return openPage(`<!doctype html><title>x</title>${written(renderChart(run, width, 'a'))}`);
}

describe.each([960, 360])('a chart of %i pixels', (width) => {
  const chart = open(demo, width);

  it('is well-formed and has numbers only where numbers belong', () => {
    expect(chart.errors).toEqual([]);
    expect(written(renderChart(demo, width, 'a'))).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it('has a name and a description for who cannot see it', () => {
    const [svg] = chart.all('svg');
    expect(attribute(svg!, 'aria-labelledby')).toBe('a-title a-desc');
    const desc = chart.all('desc').find((each) => attribute(each, 'id') === 'a-desc');
    expect(textOf(desc!)).toContain('3,200 requests, of which 304 failed (9.5%).');
  });

  it('keeps every text within its edges and off every other', () => {
    const boxes = chart.all('text').map((text) => {
      const size = attribute(text, 'class') === 'plot-title' ? 12 : 11;
      const label = textOf(text);
      // Digits and lower case, as these are, are narrower than the bound that places labels.
      const wide = textWidth(label, size) * (attribute(text, 'class').startsWith('label') ? 1 : 0.92);
      const anchor = attribute(text, 'text-anchor');
      const x = Number(attribute(text, 'x')) - (anchor === 'end' ? wide : anchor === 'middle' ? wide / 2 : 0);
      return { label, left: x, right: x + wide, y: Number(attribute(text, 'y')) };
    });
    expect(boxes.length).toBeGreaterThan(20);
    for (const [index, one] of boxes.entries()) {
      expect(one.left, one.label).toBeGreaterThanOrEqual(0);
      expect(one.right, one.label).toBeLessThanOrEqual(width + 1);
      for (const other of boxes.slice(index + 1)) {
        const apart =
          Math.abs(one.y - other.y) >= 10 || one.right <= other.left + 0.1 || other.right <= one.left + 0.1;
        expect(apart, `"${one.label}" and "${other.label}"`).toBe(true);
      }
    }
  });

  it('marks each fault, each measured time and each move', () => {
    const looks = chart.all('g').map((group) => attribute(group, 'class'));
    const countOf = (look: string) => looks.filter((each) => each === look).length;
    expect(countOf('fault')).toBe(4);
    expect(countOf('detected')).toBe(4);
    expect(countOf('recovered')).toBe(4);
    expect(countOf('move')).toBe(4);
  });
});

it('draws a lone failure among thousands high enough to be seen', () => {
  const series = [{ atMs: 0, widthMs: 1_000, ok: 5_000, failed: 1, p50Ms: 9, p99Ms: 9 }];
  const chart = open({ ...demo, durationMs: 1_000, series, drills: [] }, 960);
  const bar = chart.all('path').find((path) => attribute(path, 'class') === 'failed');
  const [, from = 0, to = 0] = /^M\S+ ([\d.]+)V([\d.]+)/.exec(attribute(bar!, 'd'))?.map(Number) ?? [];
  expect(from - to).toBeGreaterThanOrEqual(2);
});

it('leaves a gap in the latency where nothing was answered, and a dot where only one second was', () => {
  const at = (second: number, p50Ms: number | null) => ({
    atMs: second * 1_000,
    widthMs: 1_000,
    ok: p50Ms === null ? 0 : 1,
    failed: 0,
    p50Ms,
    p99Ms: p50Ms,
  });
  const series = [at(0, 10), at(1, 12), at(2, null), at(3, 11), at(4, null)];
  const chart = open({ ...demo, durationMs: 5_000, series, drills: [] }, 960);
  const line = chart.all('path').find((path) => attribute(path, 'class') === 'p50');
  expect(attribute(line!, 'd')).toMatch(/^M[\d. ]+L[\d. ]+M[\d. ]+h0$/);
});

it('uses a log scale only where a failover would flatten the rest', () => {
  const titles = (run: Run) => open(run, 960).all('text').map(textOf);
  expect(titles(demo)).toContain('Latency of good answers (log)');
  const calm = demo.series.slice(0, 3);
  expect(titles({ ...demo, series: calm })).toContain('Latency of good answers');
});
