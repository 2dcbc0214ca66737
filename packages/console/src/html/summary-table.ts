import type { DrillResult } from '../drill-result.ts';
import { count, durationOr, percent } from '../format.ts';
import { html, type Markup } from './html.ts';

/** One line for each drill: the times, the harm, and whether it passed. */
export function summaryTable(drills: readonly DrillResult[]): Markup {
  return html`<table class="stack">
<thead><tr><th scope="col">Drill</th><th scope="col" class="number">Detected</th><th scope="col" class="number">Traffic stopped</th><th scope="col" class="number">Recovered</th><th scope="col" class="number">Requests failed</th><th scope="col" class="number">Longest gap</th><th scope="col" class="number">Result</th></tr></thead>
<tbody>
${drills.map(
  (drill) => html`<tr>
<td class="lead">${drill.scenario}<small>${drill.about}</small></td>
<td class="number" data-label="Detected">${durationOr(drill.detectedMs)}</td>
<td class="number" data-label="Traffic stopped">${durationOr(drill.trafficStoppedMs)}</td>
<td class="number" data-label="Recovered">${durationOr(drill.recoveredMs)}</td>
<td class="number" data-label="Requests failed"><span>${count(drill.requests.failed)} of ${count(drill.requests.total)}<small>${percent(drill.requests.failed, drill.requests.total)}</small></span></td>
<td class="number" data-label="Longest gap">${durationOr(drill.longestGapMs)}</td>
<td class="number" data-label="Result">${pill(drill.passed, '✓ passed', '✕ not passed')}</td>
</tr>
`,
)}</tbody></table>`;
}

/** A word that is told by its colour, its sign and its text alike. */
export function pill(good: boolean, yes: string, no: string): Markup {
  return good ? html`<span class="pill yes">${yes}</span>` : html`<span class="pill no">${no}</span>`;
}
