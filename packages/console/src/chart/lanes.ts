import { subjectName } from '@evac/core';
import type { Run, RunEventKind } from '../drill-result.ts';
import { duration, words } from '../format.ts';
import { html, type Markup } from '../html/html.ts';
import { type Labelled, placeLabels } from './place.ts';
import type { Scale } from './scale.ts';

interface Lane extends Labelled {
  /** A CSS class. */
  look: string;
  /** The whole story, for a pointer or a screen reader. */
  title: string;
}

const rowHeight = 21;
const barHeight = 17;
const fontSize = 11;

/** What was on and when, above the plots: a row of faults, of times, of moves; as many rows as labels need. */
export function lanes(
  run: Run,
  scale: Scale,
  bounds: { left: number; right: number; top: number },
): { svg: Markup; bottom: number } {
  let top = bounds.top;
  const groups = [
    { name: 'Fault', items: faultLanes(run, scale) },
    { name: 'Times', items: timeLanes(run, scale) },
    { name: 'Move', items: moveLanes(run, scale) },
  ].map(({ name, items }) => {
    if (items.length === 0) return null;
    const placed = placeLabels(items, { ...bounds, fontSize });
    const from = top;
    top += (1 + Math.max(...placed.map((each) => each.lane))) * rowHeight + 4;
    return html`<g><text class="axis" x="${bounds.left - 8}" y="${from + 12.5}" text-anchor="end">${name}</text>
${placed.map(({ item, lane, label, labelX, anchor, inside }) => {
  const y = from + lane * rowHeight;
  return html`<g class="${item.look}"><title>${item.title}</title>${shape(item, y)}<text class="label${inside ? ' inside' : ''}" x="${round(labelX)}" y="${y + 12.5}" text-anchor="${anchor}">${label}</text></g>
`;
})}</g>
`;
  });
  return { svg: html`${groups}`, bottom: top };
}

function shape(item: Lane, y: number): Markup {
  const middle = y + barHeight / 2;
  if (item.x1 === item.x2) return html`<circle cx="${round(item.x1)}" cy="${middle}" r="3.5"/>`;
  const width = Math.max(2, item.x2 - item.x1);
  return html`<rect x="${round(item.x1)}" y="${y}" width="${round(width)}" height="${barHeight}" rx="3"/>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

function faultLanes(run: Run, scale: Scale): Lane[] {
  return run.drills.flatMap((drill) =>
    drill.faults.map((fault) => {
      const shift = drill.startedAt - run.startedAt;
      const on = fault.onMs + shift;
      const off = fault.offMs === null ? run.durationMs : fault.offMs + shift;
      const name = fault.target ? `${fault.name} ${fault.target}` : fault.name;
      return {
        ...span(scale, on, off),
        look: 'fault',
        label: fault.name,
        title: `Fault ${name}: on at ${duration(on)}, ${fault.offMs === null ? 'left on' : `off at ${duration(off)}`}`,
      };
    }),
  );
}

function timeLanes(run: Run, scale: Scale): Lane[] {
  return drillTimes(run).map(({ atMs, name, look, tookMs }) => {
    const label = `${name} ${duration(tookMs)}`;
    return { ...span(scale, atMs, atMs), look, label, title: `${words(label)} after the fault` };
  });
}

/** The measured times of every drill, on the run's clock. */
export function drillTimes(run: Run): { atMs: number; name: string; look: RunEventKind; tookMs: number }[] {
  return run.drills.flatMap((drill) => {
    const fault = drill.faults[0];
    if (!fault) return [];
    const from = drill.startedAt - run.startedAt + fault.onMs;
    return (
      [
        ['detected', 'detected', drill.detectedMs],
        ['traffic stopped', 'traffic-stopped', drill.trafficStoppedMs],
        ['recovered', 'recovered', drill.recoveredMs],
      ] as const
    ).flatMap(([name, look, tookMs]) =>
      tookMs === null ? [] : [{ atMs: from + tookMs, name, look, tookMs }],
    );
  });
}

function moveLanes(run: Run, scale: Scale): Lane[] {
  const seen = new Set<string>();
  return run.drills
    .flatMap((drill) => drill.incidents)
    .filter((incident) => !seen.has(incident.id) && seen.add(incident.id))
    .map((incident) => {
      const from = incident.openedAt - run.startedAt;
      const to = incident.closedAt === null ? run.durationMs : incident.closedAt - run.startedAt;
      const label = `${incident.move} ${subjectName(incident.subject)}`;
      const ended =
        incident.closedAt === null
          ? 'still open'
          : `${incident.outcome ?? 'closed'} after ${duration(to - from)}`;
      return {
        ...span(scale, from, to),
        look: 'move',
        label,
        title: `${label}: begun at ${duration(from)}, ${ended}`,
      };
    });
}

function span(scale: Scale, from: number, to: number): { x1: number; x2: number } {
  return { x1: scale.at(Math.max(0, from)), x2: scale.at(Math.max(0, from, to)) };
}
