import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Catch } from './hunt.ts';
import { defects } from './index.ts';
import type { Report, Task } from './worker.ts';

const help = `Puts one defect after the other into the system, and plays seeds until a rule notices: from two starting seeds,
since what one seed shows may be luck.

  npm run simulate:defects [-- --only WORDS] [--from 1,100001] [--within SEEDS] [--workers N] [--json]

  --only WORDS   defects whose name has these words in it; several, separated by commas
  --from S,S     the starting seeds
  --within N     at most so many seeds for each, in place of each defect's own limit
  --workers N    threads; as many as there are cores unless given
  --json         one object, for programs

Exits with 1 when one is not noticed from each of them.
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    from: { type: 'string', default: '1,100001' },
    within: { type: 'string' },
    workers: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(help);
else {
  const began = performance.now();
  const words = values.only.split(',');
  const chosen = defects.filter(({ name }) => words.some((word) => name.includes(word)));
  if (chosen.length === 0) fail(`--only ${values.only}: there is no such defect`);
  const froms = values.from.split(',').map((from) => whole('--from', from));
  const limit = values.within === undefined ? {} : { within: whole('--within', values.within) };
  const workers = values.workers === undefined ? availableParallelism() : whole('--workers', values.workers);
  const waiting = chosen.flatMap(({ name }) => froms.map((from): Task => ({ defect: name, from, ...limit })));
  const tasks = waiting.length;
  const caught: Catch[] = [];
  let scenes = 0;
  const progress = process.stderr.isTTY && !values.json;
  if (!values.json) say(row('defect', 'noticed by', 'from', 'seeds', 'played', 'within'));
  await Promise.all(Array.from({ length: Math.min(workers, tasks) }, work));
  caught.sort((a, b) => place(a) - place(b));
  const missed = caught.filter(({ rule }) => rule === null);
  if (values.json) say(JSON.stringify({ ok: missed.length === 0, defects: caught }));
  else say(`\n${sum(caught.length - missed.length, tasks, chosen.length)} ${took()}`);
  process.exitCode = missed.length > 0 ? 1 : 0;

  async function work(): Promise<void> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      worker.postMessage(next);
      const one = await ended(worker);
      caught.push(one);
      if (values.json) continue;
      erase();
      say(
        row(one.defect, one.rule ?? 'NOBODY', ...[one.from, one.seeds, one.played, one.within].map(String)),
      );
    }
    await worker.terminate();
  }

  /** Waits for the end of a hunt, and tells of every scene meanwhile. */
  async function ended(worker: Worker): Promise<Catch> {
    const { promise, resolve, reject } = Promise.withResolvers<Catch>();
    const onReport = (report: Report) => {
      if ('caught' in report) resolve(report.caught);
      else tell(report.playing);
    };
    worker.on('message', onReport).on('error', reject);
    return promise.finally(() => worker.off('message', onReport).off('error', reject));
  }

  function tell({ defect, seed, played }: { defect: string; seed: number; played: number }): void {
    scenes += 1;
    if (!progress) return;
    erase();
    process.stderr.write(`${caught.length} of ${tasks} hunts; ${defect}: seed ${seed}, scene ${played}`);
  }

  function erase(): void {
    if (progress) process.stderr.write('\r\x1b[2K');
  }

  function took(): string {
    const { user, system } = process.cpuUsage();
    const minutes = (ms: number) => `${(ms / 60_000).toFixed(1)} min`;
    return `${scenes} scenes with a defect in ${minutes(performance.now() - began)}, ${minutes((user + system) / 1_000)} of processor time`;
  }

  function place({ defect, from }: Catch): number {
    return chosen.findIndex(({ name }) => name === defect) * froms.length + froms.indexOf(from);
  }
}

function sum(noticed: number, tasks: number, defects: number): string {
  return `${noticed} of ${tasks} hunts (${defects} defects) ended with a catch;`;
}

function row(...[defect = '', rule = '', ...numbers]: string[]): string {
  return [defect.padEnd(28), rule.padEnd(16), ...numbers.map((n) => n.padStart(7))].join(' ');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function whole(option: string, given: string): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1) fail(`${option} is a whole number of at least 1, not ${given}`);
  return value;
}

function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}
