import type { Bucket } from '../drill-result.ts';
import { count, setting } from '../format.ts';
import { html, type Markup } from '../html/html.ts';
import { linearScale, logScale, type Scale } from './scale.ts';

interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Requests per second: bars of those answered, and on top of them those that failed. */
export function successPlot(buckets: readonly Bucket[], time: Scale, frame: Frame): Markup {
  const rates = buckets.map((bucket) => ({
    x1: time.at(bucket.atMs),
    x2: Math.min(frame.right, time.at(bucket.atMs + bucket.widthMs)),
    ok: (1_000 * bucket.ok) / bucket.widthMs,
    failed: (1_000 * bucket.failed) / bucket.widthMs,
  }));
  const scale = linearScale(
    Math.max(1, ...rates.map(({ ok, failed }) => ok + failed)),
    frame.bottom,
    frame.top,
    3,
  );
  let good = '';
  let bad = '';
  for (const { x1, x2, ok, failed } of rates) {
    const width = Math.max(0.5, x2 - x1 - (x2 - x1 > 3 ? 0.6 : 0));
    const okTop = scale.at(ok);
    if (ok > 0) good += bar(x1, okTop, width, frame.bottom);
    // One failure among thousands must still be seen.
    if (failed > 0) bad += bar(x1, Math.min(scale.at(ok + failed), okTop - 2), width, okTop);
  }
  return html`<g>${heading('Requests per second', frame, [
    { look: 'ok', text: 'answered' },
    { look: 'failed', text: 'failed' },
  ])}${grid(scale, frame, count)}<path class="ok" d="${good}"/><path class="failed" d="${bad}"/></g>
`;
}

function bar(x: number, top: number, width: number, bottom: number): string {
  return `M${round(x)} ${round(bottom)}V${round(top)}h${round(width)}V${round(bottom)}z`;
}

/** The latency of good answers, p50 and p99; where there were none, the line has a gap. */
export function latencyPlot(buckets: readonly Bucket[], time: Scale, frame: Frame): Markup {
  const known = buckets.flatMap((bucket) => [bucket.p50Ms, bucket.p99Ms]).filter((value) => value !== null);
  const low = Math.min(...known, 1_000);
  const high = Math.max(...known, 1);
  // A failover's seconds beside a good day's milliseconds would flatten the good day to a line.
  const logarithmic = high > 12 * low;
  const scale = logarithmic
    ? logScale(low, high, frame.bottom, frame.top)
    : linearScale(high, frame.bottom, frame.top, 3);
  const line = (pick: (bucket: Bucket) => number | null) =>
    path(
      buckets.map((bucket) => {
        const value = pick(bucket);
        return value === null ? null : { x: time.at(bucket.atMs + bucket.widthMs / 2), y: scale.at(value) };
      }),
    );
  return html`<g>${heading(logarithmic ? 'Latency of good answers (log)' : 'Latency of good answers', frame, [
    { look: 'p50', text: 'p50' },
    { look: 'p99', text: 'p99' },
  ])}${grid(scale, frame, setting)}<path class="p99" d="${line((bucket) => bucket.p99Ms)}"/><path class="p50" d="${line((bucket) => bucket.p50Ms)}"/></g>
`;
}

function path(points: readonly ({ x: number; y: number } | null)[]): string {
  let text = '';
  let drawing = false;
  for (const [index, point] of points.entries()) {
    if (point) {
      text += `${drawing ? 'L' : 'M'}${round(point.x)} ${round(point.y)}`;
      // A point alone between two gaps: a line of no length, which a round cap makes a dot.
      if (!drawing && !points[index + 1]) text += 'h0';
    }
    drawing = point !== null;
  }
  return text;
}

function heading(title: string, frame: Frame, keys: { look: string; text: string }[]): Markup {
  const y = frame.top - 10;
  let right = frame.right;
  const legend = keys.toReversed().map(({ look, text }) => {
    const x = right - text.length * 6.6;
    right = x - 28;
    return html`<rect class="${look} key" x="${round(x - 14)}" y="${y - 8}" width="9" height="9" rx="2"/><text class="axis" x="${round(x)}" y="${y}">${text}</text>`;
  });
  return html`<text class="plot-title" x="${frame.left}" y="${y}">${title}</text>${legend}`;
}

function grid(scale: Scale, frame: Frame, format: (value: number) => string): Markup {
  return html`${scale.ticks.map((tick) => {
    const y = round(scale.at(tick));
    return html`<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${y}" y2="${y}"/><text class="axis" x="${frame.left - 8}" y="${y + 3.5}" text-anchor="end">${format(tick)}</text>`;
  })}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
