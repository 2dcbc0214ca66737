import { ours, suspects } from './course.ts';
import type { DetectorResult, Result } from './result.ts';

const width = 900;
const rowHeight = 26;
const left = 190;
const top = 72;
const panel = { alarms: { from: left, to: 500 }, missed: { from: 560, to: 840 } };
/** False alarms per zone-year at the ends of the logarithmic axis. */
const least = 0.01;
const most = 100_000;

/** Both error rates of each detector: false alarms with their interval, and what it missed. For light and dark pages. */
export function drawChart({ detectors, zoneYears, order }: Result): string {
  const rows = detectors.filter(({ name }) => name !== suspects);
  const bottom = top + rows.length * rowHeight;
  const height = bottom + 62;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="False alarms per zone-year and missed faults of each detector">
<style>
  .page { fill: #fff } text { fill: #1f2328 } .dim { fill: #59636e } .grid { stroke: #d1d9e0 } .bound { stroke: #cf222e; stroke-dasharray: 4 3 }
  .peer { fill: #8c959f; stroke: #8c959f } .own { fill: #0969da; stroke: #0969da } .hollow { fill: #fff }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #f0f6fc } .dim { fill: #9198a1 } .grid { stroke: #3d444d } .bound { stroke: #f85149 }
    .peer { fill: #9198a1; stroke: #9198a1 } .own { fill: #4493f8; stroke: #4493f8 } .hollow { fill: #0d1117 }
  }
</style>
<rect class="page" width="${width}" height="${height}"/>
${heading(panel.alarms.from, 'False alarms per zone-year', `logarithmic; with 95% interval, ${zoneYears.toFixed(0)} zone-years`)}
${heading(panel.missed.from, 'Missed', 'filled: lost zones in 20 s; hollow: 30% errors in 60 s')}
${axes(bottom)}
${rows.map((row, i) => drawRow(row, top + (i + 0.5) * rowHeight)).join('\n')}
<text class="dim" x="${left}" y="${height - 12}" font-size="11">Dashed: what Evac promises (1 false alarm per zone-year; 1% and 5% missed). Drawn by npm run bench:detect, seed ${order.seed}.</text>
</svg>
`;
}

const heading = (x: number, title: string, note: string) =>
  `<text x="${x}" y="24" font-weight="600">${title}</text><text class="dim" x="${x}" y="42" font-size="11">${note}</text>`;

function alarmsAt(perZoneYear: number): number {
  const share = Math.log(Math.max(least, perZoneYear) / least) / Math.log(most / least);
  return at(panel.alarms, Math.min(1, share));
}

const missedAt = (share: number) => at(panel.missed, share);
const at = ({ from, to }: { from: number; to: number }, share: number) =>
  Number((from + share * (to - from)).toFixed(1));

function axes(bottom: number): string {
  const line = (x: number, kind: 'grid' | 'bound') =>
    `<line class="${kind}" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/>`;
  const tick = (x: number, label: string) =>
    `${line(x, 'grid')}<text class="dim" x="${x}" y="${bottom + 18}" font-size="11" text-anchor="middle">${label}</text>`;
  const alarms = [0.01, 0.1, 1, 10, 100, 1_000, 10_000, 100_000].map((n) =>
    tick(alarmsAt(n), n === least ? '≤ 0.01' : n >= 1_000 ? `${n / 1_000}k` : String(n)),
  );
  const missed = [0, 0.25, 0.5, 0.75, 1].map((share) => tick(missedAt(share), `${100 * share}%`));
  const bounds = [alarmsAt(1), missedAt(0.01), missedAt(0.05)].map((x) => line(x, 'bound'));
  return [...alarms, ...missed, ...bounds].join('\n');
}

function drawRow({ name, falseAlarms, detections }: DetectorResult, y: number): string {
  const kind = name === ours ? 'own' : 'peer';
  const [low, high] = falseAlarms.interval.map(alarmsAt);
  const missed = (id: string, within: 'within20s' | 'within60s') =>
    missedAt(1 - (detections[id]?.[within].share ?? 0));
  return [
    `<text x="${left - 14}" y="${y + 4}" text-anchor="end"${name === ours ? ' font-weight="600"' : ''}>${name}</text>`,
    `<line class="${kind}" x1="${low}" x2="${high}" y1="${y}" y2="${y}" stroke-width="2"/>`,
    `<circle class="${kind}" cx="${alarmsAt(falseAlarms.perZoneYear)}" cy="${y}" r="5"/>`,
    `<circle class="${kind} hollow" cx="${missed('errors-30', 'within60s')}" cy="${y}" r="7" stroke-width="2"/>`,
    `<circle class="${kind}" cx="${missed('lost', 'within20s')}" cy="${y}" r="4"/>`,
  ].join('');
}
