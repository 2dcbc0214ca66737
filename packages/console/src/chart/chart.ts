import { mergeBuckets } from '../buckets.ts';
import type { Run } from '../drill-result.ts';
import { clock, count, duration, percent, plural } from '../format.ts';
import { html, type Markup } from '../html/html.ts';
import { drillTimes, lanes } from './lanes.ts';
import { latencyPlot, successPlot } from './plots.ts';
import { type Scale, timeScale } from './scale.ts';

/**
 * Request success and latency over a run, with its faults, measured times and moves, as one SVG of `width` pixels.
 * Its colours are CSS classes (style.ts); `id` keeps two charts on a page apart.
 */
export function renderChart(run: Run, width: number, id: string): Markup {
  const left = 58;
  const right = width - 8;
  const time = timeScale(run.durationMs, left, right, 62);
  const top = lanes(run, time, { left, right, top: 2 });
  const success = { left, right, top: top.bottom + 30, bottom: top.bottom + 30 + 150 };
  const latency = { left, right, top: success.bottom + 42, bottom: success.bottom + 42 + 110 };
  const height = latency.bottom + 26;
  const buckets = mergeBuckets(run.series, Math.floor((right - left) / 3));
  return html`<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">Requests and latency over ${duration(run.durationMs)}</title>
<desc id="${id}-desc">${describe(run)}</desc>
${bands(run, time, [success, latency])}
${successPlot(buckets, time, success)}${latencyPlot(buckets, time, latency)}${times(run, time, [success, latency])}
${top.svg}
<g>${time.ticks.map((tick) => html`<text class="axis" x="${round(time.at(tick))}" y="${latency.bottom + 18}" text-anchor="${tick === 0 ? 'start' : time.at(tick) > right - 14 ? 'end' : 'middle'}">${clock(tick)}</text>`)}</g>
</svg>
`;
}

type Frames = readonly { top: number; bottom: number }[];

/** The times in which a fault was on, behind the plots. */
function bands(run: Run, time: Scale, frames: Frames): Markup {
  return html`${run.drills.flatMap((drill) =>
    drill.faults.flatMap((fault) => {
      const shift = drill.startedAt - run.startedAt;
      const from = time.at(Math.max(0, fault.onMs + shift));
      const to = time.at(fault.offMs === null ? run.durationMs : fault.offMs + shift);
      return frames.map(
        ({ top, bottom }) =>
          html`<rect class="fault-band" x="${round(from)}" y="${top}" width="${round(Math.max(1, to - from))}" height="${bottom - top}"/>`,
      );
    }),
  )}`;
}

function times(run: Run, time: Scale, frames: Frames): Markup {
  return html`${drillTimes(run).flatMap(({ atMs, look }) => {
    const x = round(time.at(atMs));
    return frames.map(
      ({ top, bottom }) => html`<line class="time ${look}" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/>`,
    );
  })}`;
}

function describe(run: Run): string {
  const ok = run.series.reduce((sum, bucket) => sum + bucket.ok, 0);
  const failed = run.series.reduce((sum, bucket) => sum + bucket.failed, 0);
  const faults = run.drills.flatMap((drill) => drill.faults.map((fault) => fault.name));
  const head = `${plural(ok + failed, 'request')}, of which ${count(failed)} failed (${percent(failed, ok + failed)}).`;
  const what = faults.length === 0 ? 'No fault was made.' : `Faults made, in order: ${faults.join(', ')}.`;
  return `${head} ${what} The numbers are in the table below the chart.`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
