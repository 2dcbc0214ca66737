import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { drawChart } from './chart.ts';
import { measure } from './measure.ts';
import { printReport } from './report.ts';
import { conclude } from './result.ts';

const help = `npm run bench:detect [-- OPTIONS]

How good the zone verdict is, beside the usual detectors at their documented thresholds, on the same simulated requests
and probes: false alarms in healthy but noisy times, and how soon a zone in trouble is named. docs/detection.md says what
is simulated. Ends with 1 if a target is missed.

  --zone-years N  healthy time (10)
  --trials N      faults of each class; four times as many where a target is about them (300)
  --seed N        where the worlds begin (1)
  --chart FILE    write the chart of both error rates as SVG
  --json          one object instead of tables
  --help          this text
`;

const { values } = parseArgs({
  options: {
    'zone-years': { type: 'string', default: '10' },
    trials: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    chart: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(help);
else {
  const order = {
    seed: positive('--seed', values.seed),
    zoneYears: positive('--zone-years', values['zone-years']),
    trials: positive('--trials', values.trials),
  };
  const began = performance.now();
  const measured = await measure(order, showProgress);
  showProgress(null);
  const result = conclude(measured, order, (performance.now() - began) / 60_000);
  if (values.chart) await writeFile(values.chart, drawChart(result));
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : printReport(result));
  if (result.targets.some(({ met }) => !met)) process.exitCode = 1;
}

function showProgress(share: number | null): void {
  if (!process.stderr.isTTY) return;
  if (share === null) process.stderr.write('\r\u001b[K');
  else
    process.stderr.write(
      `\r${'█'.repeat(Math.round(40 * share)).padEnd(40, '░')} ${Math.floor(100 * share)}%`,
    );
}

function positive(option: string, given: string): number {
  const value = Number(given);
  if (Number.isFinite(value) && value > 0) return value;
  process.stderr.write(`${option} ${given}: a number above 0 is needed\n`);
  process.exit(2);
}
