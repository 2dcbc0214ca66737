import { arch, cpus, platform, release } from 'node:os';
import type { Case, Measure } from './measure.ts';

export interface Row extends Case, Measure {
  /** The lowest and the highest of the rounds, microseconds. */
  spread: [number, number];
}

export interface Report {
  machine: string;
  node: string;
  server: string;
  seconds: number;
  rounds: number;
  rows: Row[];
  absent: string[];
  targets: Target[];
}

export interface Target {
  claim: string;
  /** Null when the peer was not installed. */
  ratio: number | null;
  atMost: number;
  met: boolean | null;
}

export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${cpus().length} x ${model}, ${platform()} ${release()} ${arch()}`;
}

/** What a check may cost (docs/architecture.md, the numbers) on a fresh connection, beside two well-known checkers. */
export function judgeTargets(rows: Row[]): Target[] {
  const of = (name: string, shape: Case['shape']) =>
    rows.find(
      (row) =>
        row.name === name && row.shape === shape && row.connection === 'fresh' && row.assertion === 'none',
    )?.cpuMicros;
  const target = (
    claim: string,
    ours: number | undefined,
    theirs: number | undefined,
    atMost: number,
  ): Target => {
    const ratio = ours === undefined || theirs === undefined ? null : ours / theirs;
    return { claim, ratio, atMost, met: ratio === null ? null : ratio <= atMost };
  };
  return [
    target('CPU per check / HAProxy, at its pace', of('evac', 'rounds'), of('haproxy', 'spread'), 1.5),
    target('CPU per check / blackbox_exporter', of('evac', 'rounds'), of('blackbox_exporter', 'loop'), 0.25),
  ];
}

export function printReport(report: Report): string {
  const undici = report.rows.find((row) => row.name === 'undici' && row.connection === 'reuse')?.cpuMicros;
  const haproxy = report.rows.find((row) => row.name === 'haproxy')?.cpuMicros;
  const ratio = (row: Row, peer: number | undefined) =>
    peer === undefined ? '-' : (row.cpuMicros / peer).toFixed(2);
  const lines = report.rows.map((row) => [
    row.name,
    row.connection,
    row.assertion,
    row.shape,
    row.cpuMicros.toFixed(1),
    `${row.spread[0].toFixed(0)}-${row.spread[1].toFixed(0)}`,
    row.checksPerSecond.toFixed(0),
    ratio(row, haproxy),
    ratio(row, undici),
  ]);
  const head = [
    'prober',
    'connection',
    'assertion',
    'shape',
    'CPU µs',
    'spread',
    'checks/s',
    '/HAProxy',
    '/undici reuse',
  ];
  return [
    `${report.machine}, Node ${report.node}, asking ${report.server}`,
    `median of ${report.rounds} rounds of ${report.seconds}s, interleaved`,
    '',
    table([head, ...lines]),
    '',
    ...report.absent.map((name) => `absent: ${name} (not installed)`),
    ...report.targets.map(sayTarget),
  ].join('\n');
}

function sayTarget({ claim, ratio, atMost, met }: Target): string {
  if (ratio === null) return `not measured: ${claim}`;
  return `${met ? 'met' : 'MISSED'}: ${claim} is ${ratio.toFixed(2)}, at most ${atMost}`;
}

function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i < 4 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n');
}
