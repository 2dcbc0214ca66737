import { type Incident, subjectPath } from '@evac/core';
import type { StepResult } from '../drill-result.ts';
import { duration, words } from '../format.ts';
import { stepsOf } from '../moves.ts';
import { html, type Markup } from './html.ts';

/** One incident from its evidence to its end: a row for each step, with a bar for when it ran. */
export function incidentTimeline(incident: Incident): Markup {
  const steps = stepsOf(incident, incident.openedAt);
  const ends = steps.map((step) => step.endedMs ?? step.startedMs);
  const totalMs =
    incident.closedAt === null
      ? Math.max(0, ...ends)
      : Math.max(incident.closedAt - incident.openedAt, ...ends);
  return html`<article class="card incident">
<header><h4>${words(incident.move)}</h4><code>${subjectPath(incident.subject)}</code>${outcome(incident, totalMs)}</header>
<p>${incident.because}</p>
<p class="meta">${asked(incident)} · run by the cell of ${incident.cell}</p>
<table class="stack steps"><thead><tr><th scope="col">Step</th><th scope="col">0 to ${duration(totalMs)}</th><th scope="col" class="number">Took</th><th scope="col">What it wrote</th></tr></thead><tbody>
${steps.map(
  (step) =>
    html`<tr><td class="lead">${words(step.step)}${state(step)}</td><td class="bar"><div class="track"><i class="${step.state}" style="${place(step, totalMs)}"></i></div></td><td class="number" data-label="Took">${took(step)}</td><td class="long">${step.text}</td></tr>\n`,
)}</tbody></table>
</article>
`;
}

function outcome(incident: Incident, totalMs: number): Markup {
  if (incident.closedAt === null) return html`<span class="pill plain">still open</span>`;
  const good = incident.outcome === 'recovered' || incident.outcome === 'subsumed';
  const look = good ? 'yes' : 'no';
  return html`<span class="pill ${look}">${good ? '✓' : '✕'} ${incident.outcome ?? 'closed'} in ${duration(totalMs)}</span>`;
}

function asked(incident: Incident): string {
  return incident.verb === 'automatic' ? 'automatic' : `${incident.verb}, asked by ${incident.by}`;
}

function state(step: StepResult): string {
  return step.state === 'done' ? '' : ` (${step.state})`;
}

function took(step: StepResult): string {
  // It wrote once only: when it was done is known, how long it took is not.
  if (step.endedMs === step.startedMs) return '–';
  return step.endedMs === null ? 'running' : duration(step.endedMs - step.startedMs);
}

function place(step: StepResult, totalMs: number): string {
  const share = (ms: number) => Math.min(100, Math.max(0, (100 * ms) / Math.max(1, totalMs)));
  const left = share(step.startedMs);
  const right = step.endedMs === null ? 100 : share(step.endedMs);
  return `left:min(${left.toFixed(2)}%,100% - 3px);width:${(right - left).toFixed(2)}%`;
}
