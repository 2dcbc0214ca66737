import type { DrillResult } from '../drill-result.ts';
import { count, duration, durationOr, plural, setting, words } from '../format.ts';
import { html, type Markup } from './html.ts';
import { incidentTimeline } from './incident-timeline.ts';
import { pill } from './summary-table.ts';

/** One drill in full: what was promised, what was done, what was refused and why, what clients were told. */
export function drillSection(drill: DrillResult, index: number): Markup {
  const id = `drill-${index + 1}`;
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${drill.scenario}</h2>
<p class="soft">${drill.about}</p>
${promises(drill)}
<h3>What was done</h3>
${drill.incidents.length === 0 && html`<p>Nothing: no move was begun.</p>`}
${drill.incidents.map(incidentTimeline)}
${refusals(drill)}
${failures(drill)}
</section>
`;
}

function promises(drill: DrillResult): Markup | false {
  if (drill.promises.length === 0) return false;
  return html`<h3>Promises</h3>
<div class="card flush"><table class="stack"><thead><tr><th scope="col">Promise</th><th scope="col" class="number">At most</th><th scope="col" class="number">Measured</th><th scope="col" class="number">Result</th></tr></thead><tbody>
${drill.promises.map(
  ({ name, limitMs, actualMs, held }) =>
    html`<tr><td class="lead">${name}</td><td class="number" data-label="At most">${limitMs === null ? '–' : setting(limitMs)}</td><td class="number" data-label="Measured">${durationOr(actualMs)}</td><td class="number" data-label="Result">${pill(held, '✓ kept', '✕ missed')}</td></tr>\n`,
)}</tbody></table></div>
`;
}

function refusals(drill: DrillResult): Markup | false {
  if (drill.refusals.length === 0) return false;
  return html`<h3>What was refused</h3>
<div class="card flush"><table class="stack"><thead><tr><th scope="col">Move</th><th scope="col">Guard</th><th scope="col">Because</th><th scope="col">What would unblock it</th></tr></thead><tbody>
${drill.refusals.map(
  (refusal) =>
    html`<tr><td class="lead">${words(refusal.move)}<small><code>${refusal.subject}</code></small></td><td data-label="Guard"><span>${refusal.guard}<small>${times(refusal)}</small></span></td><td class="long" data-label="Because">${refusal.because}</td><td class="long" data-label="What would unblock it">${refusal.unblock}</td></tr>\n`,
)}</tbody></table></div>
`;
}

function times({ count: times, firstMs, lastMs }: DrillResult['refusals'][number]): string {
  if (times === 1) return `once, at ${duration(firstMs)}`;
  return `${count(times)} times, ${duration(firstMs)} to ${duration(lastMs)}`;
}

function failures(drill: DrillResult): Markup | false {
  if (drill.failures.length === 0) return false;
  return html`<h3>How requests failed</h3>
<p>${drill.failures.map(({ reason, count }) => `${plural(count, 'request')}: ${words(reason).toLowerCase()}`).join('; ')}.</p>
`;
}
