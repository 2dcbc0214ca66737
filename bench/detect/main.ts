import { open, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { drawChart } from './chart.ts';
import { measure } from './measure.ts';
import { printReport } from './report.ts';
import { conclude } from './result.ts';

const help = `npm run bench:detect [-- OPTIONS]

How good the zone verdict is, beside the usual detectors at their documented thresholds, on the same simulated requests
and probes: false alarms in healthy but noisy times, and how soon a zone in trouble is named. docs/detection.md says what
is simulated, and how long this takes. The same seed says the same, whatever the number of workers.

  --zone-years N  healthy time (30)
  --trials N      faults of each class; four times as many where a target is about them (300)
  --seed N        where the worlds begin (1)
  --workers N     how many at once; as many as there are cores unless given
  --chart FILE    write the chart of both error rates as SVG
  --json          one object instead of tables
  --help          this text

Exit codes: 0 every target is met, 1 one is missed (or too little was measured to tell), 2 wrong usage.
`;

const options = {
  'zone-years': { type: 'string', default: '30' },
  trials: { type: 'string', default: '300' },
  seed: { type: 'string', default: '1' },
  workers: { type: 'string' },
  chart: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const { values } = parse();
if (values.help) process.stdout.write(help);
else {
  const order = {
    seed: whole('--seed', values.seed),
    zoneYears: positive('--zone-years', values['zone-years']),
    trials: whole('--trials', values.trials),
  };
  const workers = values.workers === undefined ? availableParallelism() : whole('--workers', values.workers);
  if (values.chart !== undefined) await checkWritable(values.chart);
  const began = performance.now();
  const measured = await measure(order, workers, showProgress);
  showProgress(null);
  const minutes = (performance.now() - began) / 60_000;
  const result = conclude(measured, order, { workers, minutes });
  if (values.chart !== undefined) await writeFile(values.chart, drawChart(result));
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : printReport(result));
  if (result.targets.some(({ met }) => !met)) process.exitCode = 1;
}

function showProgress(share: number | null): void {
  if (!process.stderr.isTTY) return;
  const bar = (done: number) =>
    `${'█'.repeat(Math.round(40 * done)).padEnd(40, '░')} ${Math.floor(100 * done)}%`;
  process.stderr.write(share === null ? '\r\u001b[K' : `\r${bar(share)}`);
}

function parse() {
  try {
    return parseArgs({ options });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function positive(option: string, given: string): number {
  const value = Number(given);
  return Number.isFinite(value) && value > 0
    ? value
    : refuse(`${option} ${given}: a number above 0 is needed`);
}

function whole(option: string, given: string): number {
  const value = positive(option, given);
  return Number.isInteger(value) ? value : refuse(`${option} ${given}: a whole number is needed`);
}

/** Before the minutes of measuring, not after. */
async function checkWritable(path: string): Promise<void> {
  try {
    await (await open(path, 'a')).close();
  } catch (error) {
    refuse(
      `--chart ${path}: it cannot be written (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

function refuse(why: string): never {
  process.stderr.write(`${why}\nnpm run bench:detect -- --help\n`);
  process.exit(2);
}
