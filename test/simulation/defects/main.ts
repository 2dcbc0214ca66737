import { parseArgs } from 'node:util';
import { type Catch, hunt } from './hunt.ts';
import { defects } from './index.ts';

const help = `Puts one defect after the other into the system, and plays seeds until a rule notices.

  npm run simulate:defects [-- --only WORDS] [--from 1] [--within SEEDS] [--workers N] [--json]

  --only WORDS   defects whose name has these words in it
  --from S       the first seed
  --within N     at most so many seeds for each, in place of each defect's own limit
  --workers N    threads; as many as there are cores unless given
  --json         one object, for programs

Exits with 1 when one is not caught.
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
  const chosen = defects.filter(({ name }) => name.includes(values.only));
  if (chosen.length === 0) fail(`--only ${values.only}: there is no such defect`);
  const options = {
    from: whole('--from', values.from),
    ...(values.within !== undefined && { within: whole('--within', values.within) }),
    ...(values.workers !== undefined && { workers: whole('--workers', values.workers) }),
  };
  const caught: Catch[] = [];
  if (!values.json) process.stdout.write(`${row('defect', 'noticed by', 'seeds', 'played', 'within')}\n`);
  for (const defect of chosen) {
    const one = await hunt(defect, options);
    caught.push(one);
    if (!values.json) process.stdout.write(`${rowOf(one)}\n`);
  }
  const missed = caught.filter(({ rule }) => rule === null);
  if (values.json) process.stdout.write(`${JSON.stringify({ ok: missed.length === 0, defects: caught })}\n`);
  else process.stdout.write(`\n${caught.length - missed.length} of ${caught.length} defects were noticed\n`);
  process.exitCode = missed.length > 0 ? 1 : 0;
}

function rowOf({ defect, rule, seeds, played, within }: Catch): string {
  return row(defect, rule ?? 'NOBODY', String(seeds), String(played), String(within));
}

function row(defect: string, rule: string, seeds: string, played: string, within: string): string {
  return `${defect.padEnd(28)} ${rule.padEnd(16)} ${seeds.padStart(6)} ${played.padStart(7)} ${within.padStart(7)}`;
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
