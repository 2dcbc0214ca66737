import { type Incident, subjectName } from '@evac/core';
import type { StepResult } from '../drill-result.ts';
import { clock, duration, percent, words } from '../format.ts';
import { stepsOf } from '../moves.ts';
import { asciiGlyphs, type Glyphs, unicodeGlyphs } from './glyphs.ts';
import { fit, type Line, paint, plain, renderLine } from './line.ts';
import type { LiveView } from './live-view.ts';
import { regionLines } from './regions.ts';
import { lastSeconds, sparkline } from './sparkline.ts';

export interface FrameOptions {
  columns: number;
  rows: number;
  /** Colour codes; without them every state still has its own sign. */
  color?: boolean;
  /** For a terminal that cannot show more. */
  ascii?: boolean;
}

/** One frame: at most `rows - 1` lines of at most `columns`, most important first. */
export function renderLive(view: LiveView, options: FrameOptions): string[] {
  const glyphs = options.ascii ? asciiGlyphs : unicodeGlyphs;
  const { columns } = options;
  const rule: Line = [{ text: glyphs.rule.repeat(columns), look: 'dim' }];
  const room = Math.max(1, options.rows - 1);
  const top = [
    ...headLines(view, columns, glyphs),
    rule,
    ...regionLines(view.regions, columns, glyphs),
    rule,
    ...requestLines(view, columns, glyphs),
    rule,
  ];
  // However many regions there are, the incidents' first lines must be seen.
  const fixed = top.length + 4 > room ? [...top.slice(0, Math.max(1, room - 6)), rule] : top;
  const incidents = incidentLines(view, room - fixed.length, glyphs);
  const left = room - fixed.length - incidents.length - 1;
  const recent: Line[] =
    left > 0 && view.events.length > 0
      ? [rule, ...view.events.slice(-left).map((event): Line => [{ text: renderLine(event), look: 'dim' }])]
      : [];
  return [...fixed, ...incidents, ...recent]
    .slice(0, room)
    .map((line) => paint(line, { columns, color: options.color ?? false, ellipsis: glyphs.ellipsis }));
}

function headLines(view: LiveView, columns: number, glyphs: Glyphs): Line[] {
  const time = clock(view.elapsedMs);
  const fault = view.faults.map(({ name, target, onMs }) => {
    const where = target ? ` on ${target}` : '';
    return `${name}${where} for ${duration(view.elapsedMs - onMs)}`;
  });
  return [
    [
      {
        text: fit(`Evac  ${plain(view.title)}`, Math.max(0, columns - time.length - 1), glyphs.ellipsis),
        look: 'bold',
      },
      { text: ` ${time}` },
    ],
    fault.length === 0
      ? [{ text: 'No fault is on', look: 'dim' }]
      : [{ text: `Fault  ${fault.join(', ')}`, look: ['yellow', 'bold'] }],
  ];
}

function requestLines(view: LiveView, columns: number, glyphs: Glyphs): Line[] {
  const label = 10;
  const rates = 10;
  const shown = Math.max(5, Math.min(60, columns - label - rates));
  const minute = lastSeconds(view.series, view.elapsedMs, 60);
  const seconds = minute.slice(-shown);
  const max = Math.max(0, ...seconds.map(({ ok, failed }) => ok + failed));
  const lately = minute.slice(-5);
  const rate = (values: number[]) => `${(values.reduce((sum, value) => sum + value, 0) / 5).toFixed(1)}/s`;
  const ok = minute.reduce((sum, second) => sum + second.ok, 0);
  const failed = minute.reduce((sum, second) => sum + second.failed, 0);
  const last = view.series.findLast((bucket) => bucket.p50Ms !== null);
  const latency =
    last?.p50Ms != null && last.p99Ms !== null
      ? `  p50 ${duration(last.p50Ms)}  p99 ${duration(last.p99Ms)}`
      : '';
  const line = (name: string, values: number[], of: number[], look: 'green' | 'red'): Line => [
    { text: name.padEnd(label), look: 'dim' },
    { text: sparkline(values, max, glyphs.levels), look },
    { text: rate(of).padStart(rates) },
  ];
  const share = ok + failed === 0 ? 'no requests' : `${percent(ok, ok + failed)} answered`;
  return [
    line(
      'answered',
      seconds.map((second) => second.ok),
      lately.map((second) => second.ok),
      'green',
    ),
    line(
      'failed',
      seconds.map((second) => second.failed),
      lately.map((second) => second.failed),
      'red',
    ),
    [{ text: ' '.repeat(label) }, { text: `${share} in the last minute${latency}`, look: 'dim' }],
  ];
}

/** Open incidents with as many of their last steps as there is room for, then the latest closed ones. */
function incidentLines(view: LiveView, room: number, glyphs: Glyphs): Line[] {
  const newest = view.incidents.toSorted((a, b) => b.openedAt - a.openedAt);
  const open = newest.filter((incident) => incident.closedAt === null);
  const closed = newest.filter((incident) => incident.closedAt !== null);
  if (view.incidents.length === 0) return [[{ text: 'No incident', look: 'dim' }]];
  const keepForClosed = Math.min(closed.length, 3);
  const each = open.length === 0 ? 0 : Math.max(1, Math.floor((room - keepForClosed) / open.length) - 1);
  const lines = open.flatMap((incident) => [
    headOf(incident, view.now),
    ...stepsOf(incident, incident.openedAt)
      .slice(-each)
      .map((step) => stepLine(step, view.now - incident.openedAt, glyphs)),
  ]);
  return [...lines, ...closed.slice(0, 3).map((incident) => headOf(incident, view.now))].slice(
    0,
    Math.max(0, room),
  );
}

function headOf(incident: Incident, now: number): Line {
  const took = duration((incident.closedAt ?? now) - incident.openedAt);
  const good = incident.outcome === 'recovered' || incident.outcome === 'subsumed';
  return [
    { text: `${incident.move} ${subjectName(incident.subject)}`, look: 'bold' },
    incident.closedAt === null
      ? { text: `  running ${took}`, look: 'cyan' }
      : { text: `  ${incident.outcome ?? 'closed'} in ${took}`, look: good ? 'green' : 'red' },
  ];
}

const stepLooks = { running: 'cyan', done: 'green', failed: 'red', undone: 'yellow' } as const;

function stepLine(step: StepResult, sinceOpened: number, glyphs: Glyphs): Line {
  const took = duration((step.endedMs ?? sinceOpened) - step.startedMs);
  return [
    { text: `  ${glyphs.step[step.state]} `, look: stepLooks[step.state] },
    { text: `${fit(words(step.step), 24, glyphs.ellipsis)} ${took.padStart(8)}  ` },
    { text: step.text, look: 'dim' },
  ];
}
