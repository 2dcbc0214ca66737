import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Catch } from './hunt.ts';
import { defects } from './index.ts';
import type { Task } from './worker.ts';

const help = `Puts one defect after the other into the system, and plays seeds until a rule notices.

  npm run simulate:defects [-- --only WORDS] [--from 1] [--within SEEDS] [--workers N] [--json]

  --only WORDS   defects whose name has these words in it; several, separated by commas
  --from S       the first seed
  --within N     at most so many seeds for each, in place of each defect's own limit
  --workers N    threads; as many as there are cores unless given
  --json         one object, for programs

Exits with 1 when one is not noticed.
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    from: { type: 'string', default: '1' },
    within: { type: 'string' },
    workers: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(help);
else {
  const words = values.only.split(',');
  const chosen = defects.filter(({ name }) => words.some((word) => name.includes(word)));
  if (chosen.length === 0) fail(`--only ${values.only}: there is no such defect`);
  const task = {
    from: whole('--from', values.from),
    ...(values.within !== undefined && { within: whole('--within', values.within) }),
  };
  const workers = values.workers === undefined ? availableParallelism() : whole('--workers', values.workers);
  if (!values.json) say(row('defect', 'noticed by', 'seeds', 'played', 'within'));
  const caught: Catch[] = [];
  const waiting = chosen.map(({ name }): Task => ({ defect: name, ...task }));
  await Promise.all(Array.from({ length: Math.min(workers, chosen.length) }, work));
  caught.sort((a, b) => place(a) - place(b));
  const missed = caught.filter(({ rule }) => rule === null);
  if (values.json) say(JSON.stringify({ ok: missed.length === 0, defects: caught }));
  else say(`\n${caught.length - missed.length} of ${caught.length} defects were noticed`);
  process.exitCode = missed.length > 0 ? 1 : 0;

  async function work(): Promise<void> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      worker.postMessage(next);
      const [one]: Catch[] = await once(worker, 'message');
      if (!one) continue;
      caught.push(one);
      if (!values.json)
        say(row(one.defect, one.rule ?? 'NOBODY', `${one.seeds}`, `${one.played}`, `${one.within}`));
    }
    await worker.terminate();
  }

  function place({ defect }: Catch): number {
    return chosen.findIndex(({ name }) => name === defect);
  }
}

function row(defect: string, rule: string, seeds: string, played: string, within: string): string {
  return `${defect.padEnd(28)} ${rule.padEnd(16)} ${seeds.padStart(6)} ${played.padStart(7)} ${within.padStart(7)}`;
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
