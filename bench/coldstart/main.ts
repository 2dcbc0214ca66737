import { mkdtemp, rm } from 'node:fs/promises';
import { arch, cpus, platform, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bundle, bundle, functionNames } from './bundle.ts';
import { type ImportTime, importTime, medianOf } from './import-time.ts';

const help = `Bundles every function as SST does, and imports each in processes of their own.

  npm run bench:coldstart [-- --runs 15] [--parts] [--json]

  --runs   processes for each function
  --parts  what the bundles are made of, too

Exits with 1 if a bundle or an import is over its limit: 500 KB and 100 ms, or 1 MB and 150 ms for a function that has to
ask EC2. An import is judged by the processor's time, in which nothing else on the machine has a part.
`;

interface Row extends Bundle, ImportTime {
  within: boolean;
}

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '15' },
    parts: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(help);
else {
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) {
    process.stderr.write(`--runs ${values.runs} is no number of processes; 15 would be right\n`);
    process.exit(2);
  }
  const rows = await measure(runs);
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${platform()} ${release()} ${arch()}`;
  const within = rows.every((row) => row.within);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ machine, node: process.version, runs, within, functions: rows })}\n`
      : `${table(rows)}\nmedians of ${runs} processes on ${machine}, Node ${process.version}\n`,
  );
  if (!within) process.exitCode = 1;
}

async function measure(runs: number): Promise<Row[]> {
  const outdir = await mkdtemp(join(tmpdir(), 'evac-coldstart-'));
  try {
    const rows: Row[] = [];
    for (const made of await bundle(functionNames(), outdir)) {
      const times: ImportTime[] = [];
      // One after the other: each has the processor to itself.
      for (let run = 0; run < runs; run++) times.push(await importTime(join(outdir, `${made.name}.mjs`)));
      const time = medianOf(times);
      const { bytes, importMs } = made.limit;
      rows.push({ ...made, ...time, within: made.bytes <= bytes && time.cpuMs <= importMs });
    }
    return rows;
  } finally {
    await rm(outdir, { recursive: true });
  }
}

function table(rows: readonly Row[]): string {
  const line = (...cells: string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(10) : cell.padStart(9))).join(' ');
  const kb = (bytes: number) => `${Math.round(bytes / 1_000)} KB`;
  const ms = (time: number) => `${Math.round(time)} ms`;
  return [
    line('function', 'size', 'limit', 'import', 'limit', '(wall)', ''),
    ...rows.flatMap((row) => [
      line(
        row.name,
        kb(row.bytes),
        kb(row.limit.bytes),
        ms(row.cpuMs),
        ms(row.limit.importMs),
        ms(row.wallMs),
        row.within ? '' : 'over',
      ),
      ...(values.parts ? row.parts.slice(0, 12).map((p) => `    ${kb(p.bytes).padStart(7)}  ${p.part}`) : []),
    ]),
    '',
  ].join('\n');
}
