import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Case, type Measure, median } from './measure.ts';
import { measureBlackbox, measureHaproxy } from './peers.ts';
import { installed } from './process.ts';
import { describeMachine, judgeTargets, printReport, type Report, type Row } from './report.ts';
import { startTargetServer, type TargetServer } from './target-server.ts';

const help = `npm run bench:probe [-- OPTIONS]

CPU per check and checks a second of Evac's prober, on reused and fresh connections, plain and with a JSONPath
assertion, beside a bare undici loop, node:http, and, where they are installed, HAProxy's checker and
prometheus-blackbox-exporter: all of them ask the same nginx (or, without nginx, the same node server) in the same run.

  --json         one object instead of a table
  --seconds N    how long each prober is measured in a round (2)
  --rounds N     rounds; the median counts (3)
  --help         this text`;

const own: { kind: 'evac' | 'undici' | 'node:http'; how: Case }[] = [
  { kind: 'evac', how: { name: 'evac', connection: 'fresh', assertion: 'none', shape: 'rounds' } },
  { kind: 'evac', how: { name: 'evac', connection: 'fresh', assertion: 'none', shape: 'loop' } },
  { kind: 'evac', how: { name: 'evac', connection: 'fresh', assertion: 'json-path', shape: 'loop' } },
  { kind: 'evac', how: { name: 'evac', connection: 'reuse', assertion: 'none', shape: 'loop' } },
  { kind: 'evac', how: { name: 'evac', connection: 'reuse', assertion: 'json-path', shape: 'loop' } },
  { kind: 'undici', how: { name: 'undici', connection: 'reuse', assertion: 'none', shape: 'loop' } },
  { kind: 'undici', how: { name: 'undici', connection: 'fresh', assertion: 'none', shape: 'loop' } },
  { kind: 'node:http', how: { name: 'node:http', connection: 'fresh', assertion: 'none', shape: 'loop' } },
];

interface Contender {
  how: Case;
  measure(): Promise<Measure>;
}

function forkProber(order: { kind: string; how: Case; port: number; seconds: number }): Promise<Measure> {
  const child = fork(new URL('./prober.ts', import.meta.url), { stdio: 'inherit' });
  child.send(order);
  return new Promise((resolve, reject) => {
    child.once('message', (sent) => resolve(sent as Measure));
    child.once('exit', (code) => reject(new Error(`the prober of ${order.kind} ended with code ${code}`)));
  });
}

function contenders(
  server: TargetServer,
  seconds: number,
  directory: string,
): { list: Contender[]; absent: string[] } {
  const list: Contender[] = own.map(({ kind, how }) => ({
    how,
    measure: () => forkProber({ kind, how, port: server.port, seconds }),
  }));
  const peers = [
    { command: 'haproxy', name: 'haproxy', shape: 'spread', measure: measureHaproxy },
    {
      command: 'prometheus-blackbox-exporter',
      name: 'blackbox_exporter',
      shape: 'loop',
      measure: measureBlackbox,
    },
  ] as const;
  const absent: string[] = [];
  for (const { command, name, shape, measure } of peers) {
    const path = installed(command);
    if (path === null) absent.push(command);
    else {
      list.push({
        how: { name, connection: 'fresh', assertion: 'none', shape },
        measure: () => measure(path, server, seconds, directory),
      });
    }
  }
  return { list, absent };
}

async function run(seconds: number, rounds: number): Promise<Report> {
  const directory = await mkdtemp(join(tmpdir(), 'evac-bench-'));
  const server = await startTargetServer(directory);
  try {
    const { list, absent } = contenders(server, seconds, directory);
    const measures = list.map((): Measure[] => []);
    // Interleaved, so that a slow minute of the machine is everybody's.
    for (let round = 0; round < rounds; round++) {
      for (const [i, contender] of list.entries()) measures[i]?.push(await contender.measure());
    }
    const rows: Row[] = list.map(({ how }, i) => {
      const cpus = (measures[i] ?? []).map((measure) => measure.cpuMicros);
      return {
        ...how,
        cpuMicros: median(cpus),
        checksPerSecond: median((measures[i] ?? []).map((measure) => measure.checksPerSecond)),
        spread: [Math.min(...cpus), Math.max(...cpus)],
      };
    });
    const machine = describeMachine();
    const node = process.versions.node;
    return { machine, node, server: server.name, seconds, rounds, rows, absent, targets: judgeTargets(rows) };
  } finally {
    server.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${name} is ${JSON.stringify(text)}, expected a number above 0`);
}

try {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '3' },
    },
  });
  if (values.help) console.log(help);
  else {
    const report = await run(
      positive('seconds', values.seconds),
      Math.ceil(positive('rounds', values.rounds)),
    );
    console.log(values.json ? JSON.stringify(report) : printReport(report));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
