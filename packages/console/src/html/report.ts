import { renderChart } from '../chart/chart.ts';
import type { DrillResult, Run, WorldShape } from '../drill-result.ts';
import { duration, percent, plural, setting } from '../format.ts';
import { missedPromises, verdictSentence } from '../verdict.ts';
import { drillSection } from './drill-section.ts';
import { asIs, html, type Markup, written } from './html.ts';
import { notes } from './notes.ts';
import { seriesTable } from './series-table.ts';
import { style } from './style.ts';
import { summaryTable } from './summary-table.ts';

/** A run as one HTML file that needs nothing else: no request leaves it, no script is in it. */
export function renderReport(run: Run): string {
  const missed = missedPromises(run.drills);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${run.title} · Evac</title>
<style>${asIs(style)}</style>
</head>
<body>
<main>
<h1>${run.title}</h1>
<p class="verdict">${verdictSentence(run.drills)}</p>
${missed.length > 0 && html`<ul class="missed-list">${missed.map((line) => html`<li>${line}</li>`)}</ul>`}
<p class="meta">${facts(run).join(' · ')}</p>
${earlyFailures(run.drills)}
<div class="card flush">${summaryTable(run.drills)}</div>
<section aria-labelledby="chart-heading">
<h2 id="chart-heading">What clients saw</h2>
<div class="card"><div class="wide">${renderChart(run, 960, 'wide')}</div><div class="narrow">${renderChart(run, 360, 'narrow')}</div></div>
${seriesTable(run)}
</section>
${run.drills.map((drill, index) => drillSection(drill, index))}
${eventLog(run)}
${notes(run)}
</main>
</body>
</html>
`;
  return written(page);
}

function facts(run: Run): string[] {
  const [drill] = run.drills;
  const when = `${new Date(run.startedAt).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  if (!drill) return [when];
  const { world } = drill;
  return [
    when,
    `took ${duration(run.durationMs)}`,
    shape(world),
    `probes every ${setting(drill.intervalMs)}`,
    `DNS TTL ${setting(world.ttlMs)}`,
    ...(world.scale === 1 ? [] : [`all times at ${world.scale} of their defaults`]),
    `seed ${drill.seed}`,
  ];
}

function shape(world: WorldShape): string {
  const zones = world.regions.flatMap((region) => region.zones);
  const nodes = zones.reduce((sum, zone) => sum + zone.nodes, 0);
  return `${plural(world.regions.length, 'region')}, ${plural(zones.length, 'zone')}, ${plural(nodes, 'node')}`;
}

function earlyFailures(drills: readonly DrillResult[]): Markup | false {
  const early = drills.reduce((sum, drill) => sum + drill.failedBeforeFault, 0);
  if (early === 0) return false;
  const total = drills.reduce((sum, drill) => sum + drill.requests.total, 0);
  return html`<p class="missed-list">${plural(early, 'request')} (${percent(early, total)}) failed before there was any fault: the world was not well to begin with.</p>`;
}

function eventLog(run: Run): Markup | false {
  if (run.events.length === 0) return false;
  return html`<details><summary>Everything that happened, ${plural(run.events.length, 'line')}</summary>
<div class="scroll"><table><thead><tr><th>At</th><th>What</th><th>Event</th></tr></thead><tbody>
${run.events.map((event) => html`<tr><td class="number">${duration(event.atMs)}</td><td class="soft">${event.kind}</td><td>${event.text}</td></tr>\n`)}</tbody></table></div></details>`;
}
