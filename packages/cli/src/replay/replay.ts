import {
  changesWhatIsDone,
  compareDecisions,
  decide,
  type ReadLine,
  type RecordedJudgement,
  readLine,
  type ServiceSettings,
  scaleSettings,
} from '@evac/core';
import type { RawLine } from '../record/read-record.ts';
import { notReplayed } from './caveat.ts';
import { type ChangeGroup, createGroups } from './group.ts';
import { createProblems, type ReplayProblem } from './problems.ts';

export interface ReplayResult {
  judgements: number;
  /** Those that were decided again. */
  decided: number;
  /** Those decided otherwise: with the other config where there is one, else with what was recorded. */
  different: number;
  firstAt: number | null;
  lastAt: number | null;
  cells: { service: string; cell: string; judgements: number }[];
  changes: ChangeGroup[];
  /** Settings of the other config that the recorded evidence cannot show. */
  notReplayed: string[];
  problems: ReplayProblem[];
}

/** The services to decide with instead, at their own speed; null decides with the recorded settings. */
export interface OtherConfig {
  name: string;
  services: ServiceSettings[];
}

type Known = Extract<ReadLine, { kind: 'settings' }>;

/** Decides every judgement that it is given again, and keeps only what differs: a record may be larger than memory. */
export function createReplay(other: OtherConfig | null) {
  const settings = new Map<string, Known>();
  const groups = createGroups();
  const problems = createProblems();
  const cells = new Map<string, ReplayResult['cells'][number]>();
  const unshown = new Set<string>();
  const seen = { judgements: 0, decided: 0, different: 0 };
  let firstAt: number | null = null;
  let lastAt: number | null = null;

  /** Whether it was decided again; the recorded decision, and this program's, with what was recorded. */
  function again(line: number, judgement: RecordedJudgement, known: Known): void {
    const recorded = known.settings;
    if (!recorded)
      problems.add(
        line,
        `settings ${known.digest} lack ${known.missing.join(', ')}, so their judgements cannot be checked`,
      );
    const same = recorded ? changesWith(line, judgement, recorded) : [];
    if (!same) return;
    if (!other) {
      count(judgement, same, recorded !== null);
      return;
    }
    if (same.length > 0)
      problems.add(
        line,
        'even with the recorded settings it is decided otherwise now: replay without --config shows how',
      );
    const theirs = findService(other, judgement, (text) => problems.add(line, text));
    if (!theirs) return;
    const scaled = scaleSettings(theirs, known.scale);
    if (recorded) for (const name of notReplayed(recorded, scaled)) unshown.add(name);
    const changes = changesWith(line, judgement, scaled);
    if (changes) count(judgement, changes.filter(changesWhatIsDone), true);
  }

  function changesWith(line: number, { at, snapshot, decision }: RecordedJudgement, using: ServiceSettings) {
    try {
      return compareDecisions(decision, decide(snapshot, using, at));
    } catch (error) {
      problems.add(line, `it cannot be decided: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }

  function count(
    judgement: RecordedJudgement,
    changes: ReturnType<typeof compareDecisions>,
    decided: boolean,
  ): void {
    if (decided) seen.decided += 1;
    if (changes.length > 0) seen.different += 1;
    for (const change of changes) groups.add(judgement, change);
  }

  function note({ at, snapshot: { service, cell } }: RecordedJudgement): void {
    firstAt = Math.min(firstAt ?? at, at);
    lastAt = Math.max(lastAt ?? at, at);
    const key = `${service} ${cell}`;
    const known = cells.get(key) ?? { service, cell, judgements: 0 };
    cells.set(key, { ...known, judgements: known.judgements + 1 });
  }

  return {
    take({ number, content }: RawLine): void {
      const line = readLine(content);
      if (line.kind === 'settings') settings.set(line.digest, line);
      if (line.kind !== 'judgement') return;
      seen.judgements += 1;
      const { judgement } = line;
      if (!judgement) {
        problems.add(number, `it lacks ${line.missing.join(', ')}, so it cannot be decided`);
        return;
      }
      note(judgement);
      const known = settings.get(judgement.settings);
      if (known) again(number, judgement, known);
      else problems.add(number, `no line before it holds its settings, ${judgement.settings}`);
    },
    result: (): ReplayResult => ({
      ...seen,
      firstAt,
      lastAt,
      cells: [...cells.values()],
      changes: groups.all(),
      notReplayed: [...unshown],
      problems: problems.all(),
    }),
  };
}

function findService(
  { name, services }: OtherConfig,
  { snapshot: { service, cell } }: RecordedJudgement,
  say: (text: string) => void,
): ServiceSettings | null {
  const found = services.find((s) => s.name === service);
  if (!found) {
    say(`${name} has no service "${service}"; it has ${services.map((s) => s.name).join(', ')}`);
    return null;
  }
  if (found.regions.some((r) => r.region === cell)) return found;
  say(
    `${name} has no region "${cell}" for ${service}; it has ${found.regions.map((r) => r.region).join(', ')}`,
  );
  return null;
}
