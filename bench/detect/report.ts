import { ours, suspects } from './course.ts';
import { faultClasses } from './fault.ts';
import type { Detection, Result } from './result.ts';

/** Markdown, so that docs/detection.md can hold it as it is. */
export function printReport(result: Result): string {
  const { detectors, targets, zoneYears, worlds, minutes, workers, machine } = result;
  const alarms = detectors.map(({ name, falseAlarms: { perZoneYear, interval }, detections }) => [
    name,
    rate(perZoneYear),
    interval.map(rate).join(' to '),
    found(detections.lost, 'within20s'),
    found(detections['errors-30'], 'within60s'),
  ]);
  const faults = faultClasses.map(({ id, name, isZone }) => {
    const of = (who: string) => detectors.find((d) => d.name === who)?.detections[id];
    const [verdict, suspicion] = [of(ours), of(suspects)];
    return [
      isZone ? name : `${name} (none is right)`,
      String(verdict?.trials ?? 0),
      found(verdict, 'within20s'),
      found(verdict, 'within60s'),
      found(verdict, 'within3min'),
      seconds(verdict),
      seconds(suspicion),
    ];
  });
  const shown = ['lost', 'errors-100', 'errors-50', 'errors-30', 'errors-10', 'slow-5'];
  const each = detectors
    .filter(({ name }) => name !== suspects)
    .map(({ name, detections }) => [name, ...shown.map((id) => allShares(detections[id]))]);
  return [
    `${zoneYears.toFixed(1)} zone-years in ${worlds} worlds, ${minutes.toFixed(1)} minutes with ${workers === 1 ? 'one worker' : `${workers} workers`} on ${machine}`,
    '',
    ...table(
      ['detector', 'false alarms per zone-year', '95% interval', 'lost zones in 20 s', '30% errors in 60 s'],
      alarms,
    ),
    '',
    ...table([ours, 'trials', 'in 20 s', 'in 60 s', 'in 3 min', 'median', 'median suspicion'], faults),
    '',
    'In 20 s / 60 s / 3 min, and the median:',
    '',
    ...table(['detector', ...shown.map((id) => faultClasses.find((of) => of.id === id)?.name ?? id)], each),
    '',
    ...targets.map(({ name, seen, met }) => `${met ? 'met' : 'MISSED'}: ${name}: ${seen}`),
    '',
  ].join('\n');
}

const rate = (value: number) => (value >= 100 ? String(Math.round(value)) : value.toFixed(2));

function found(detection: Detection | undefined, within: 'within20s' | 'within60s' | 'within3min'): string {
  return detection && detection.trials > 0 ? `${(100 * detection[within].share).toFixed(1)}%` : '-';
}

function allShares(detection: Detection | undefined): string {
  if (!detection || detection.trials === 0) return '-';
  const { within20s, within60s, within3min } = detection;
  // Nearly all is not all.
  const shares = [within20s, within60s, within3min].map(({ share }) =>
    share === 1 ? 100 : Math.min(99, Math.round(100 * share)),
  );
  return `${shares.join(' / ')}%, ${seconds(detection)}`;
}

function seconds(detection: Detection | undefined): string {
  if (!detection || detection.trials === 0) return '-';
  return detection.medianMs === null ? '> 3 min' : `${(detection.medianMs / 1_000).toFixed(0)} s`;
}

function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: string[]) => `| ${cells.map((c, i) => c.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), `|${widths.map((w) => '-'.repeat(w + 2)).join('|')}|`, ...rows.map(line)];
}
