import { mergeBuckets } from '../buckets.ts';
import type { Run } from '../drill-result.ts';
import { clock, count, durationOr } from '../format.ts';
import { html, type Markup } from './html.ts';

/** The chart's numbers, for who cannot see it or wants to check it. */
export function seriesTable(run: Run): Markup {
  return html`<details><summary>The chart as a table</summary>
<div class="scroll"><table><thead><tr><th scope="col">At</th><th scope="col" class="number">Answered</th><th scope="col" class="number">Failed</th><th scope="col" class="number">p50</th><th scope="col" class="number">p99</th></tr></thead><tbody>
${mergeBuckets(run.series, 240).map(
  (bucket) =>
    html`<tr><td>${clock(bucket.atMs)}</td><td class="number">${count(bucket.ok)}</td><td class="number">${count(bucket.failed)}</td><td class="number">${durationOr(bucket.p50Ms)}</td><td class="number">${durationOr(bucket.p99Ms)}</td></tr>\n`,
)}</tbody></table></div></details>`;
}
