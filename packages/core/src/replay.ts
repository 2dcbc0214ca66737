import { type Decision, type Refusal, refusalSentence } from './decision.ts';
import { type MoveName, type PlannedMove, type Subject, subjectPath } from './move.ts';

/** What became of one move of one subject in a decision, and the sentence that says why. */
export interface Fate {
  fate: 'moves' | 'awaits-approval' | 'refused' | 'not-considered';
  /** Of a refusal; null otherwise. */
  guard: Refusal['guard'] | null;
  sentence: string;
}

/**
 * One thing that two decisions on the same snapshot do not agree on. `move-added` and `move-removed` change what is
 * done; `approval` changes whether a person is waited for; `guard` refuses for another reason; `refusal-added` and
 * `refusal-removed` begin or cease to consider the move. `reworded` and `verdict` change nothing that is done, only
 * what is said of it.
 */
export interface DecisionChange {
  kind:
    | 'move-added'
    | 'move-removed'
    | 'approval'
    | 'guard'
    | 'refusal-added'
    | 'refusal-removed'
    | 'reworded'
    | 'verdict';
  /** Null for a verdict. */
  move: MoveName | null;
  /** The subject's path; `fleet` and `revision` for their verdicts. */
  subject: string;
  before: Fate;
  after: Fate;
}

/** True where another thing would have been done, or not done for another reason. */
export function changesWhatIsDone({ kind }: DecisionChange): boolean {
  return kind !== 'reworded' && kind !== 'verdict';
}

/** Every difference between two decisions, node by node: moves and refusals first, then verdicts by name. */
export function compareDecisions(before: Decision, after: Decision): DecisionChange[] {
  return [...compareFates(before, after), ...compareVerdicts(before, after)];
}

type Considered = { move: PlannedMove } | { refusal: Refusal };

function compareFates(before: Decision, after: Decision): DecisionChange[] {
  const [was, is] = [considered(before), considered(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key): DecisionChange[] => {
    const [a, b] = [was.get(key), is.get(key)];
    const one = b ?? a;
    if (!one) return [];
    const { move, subject } = candidateOf(one);
    const [from, to] = [fateOf(a, before, subject), fateOf(b, after, subject)];
    const kind = kindOf(from, to) ?? (said(a) === said(b) ? null : 'reworded');
    return kind ? [{ kind, move, subject: subjectPath(subject), before: from, after: to }] : [];
  });
}

/** By move and subject; a decision considers each pair once for each verb. */
function considered({ moves, refusals }: Decision): Map<string, Considered> {
  const all: Considered[] = [...moves.map((move) => ({ move })), ...refusals.map((refusal) => ({ refusal }))];
  return new Map(
    all.map((one) => {
      const { move, subject, verb } = candidateOf(one);
      return [`${move} ${subjectPath(subject)} ${verb}`, one];
    }),
  );
}

function candidateOf(one: Considered) {
  return 'move' in one ? one.move : one.refusal.candidate;
}

function fateOf(one: Considered | undefined, decision: Decision, subject: Subject): Fate {
  if (!one)
    return {
      fate: 'not-considered',
      guard: null,
      sentence: standings(decision).get(subjectPath(subject)) ?? unjudged,
    };
  if ('refusal' in one)
    return { fate: 'refused', guard: one.refusal.guard, sentence: refusalSentence(one.refusal) };
  return {
    fate: one.move.needsApproval ? 'awaits-approval' : 'moves',
    guard: null,
    sentence: one.move.because,
  };
}

function kindOf(from: Fate, to: Fate): DecisionChange['kind'] | null {
  const begins = ({ fate }: Fate) => fate === 'moves' || fate === 'awaits-approval';
  if (begins(from) && begins(to)) return from.fate === to.fate ? null : 'approval';
  if (begins(to)) return 'move-added';
  if (begins(from)) return 'move-removed';
  if (from.fate !== to.fate) return to.fate === 'refused' ? 'refusal-added' : 'refusal-removed';
  return from.guard === to.guard ? null : 'guard';
}

/** Everything that is said of a candidate, in a fixed order: what another version adds is no difference. */
function said(one: Considered | undefined): string {
  if (!one) return '';
  const { service, by, because, since } = candidateOf(one);
  const rest = 'move' in one ? [one.move.incident, one.move.cell] : [refusalSentence(one.refusal)];
  return JSON.stringify([service, by, because, since, ...rest]);
}

function compareVerdicts(before: Decision, after: Decision): DecisionChange[] {
  const [was, is] = [standings(before), standings(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((subject): DecisionChange[] => {
    const [from, to] = [was.get(subject) ?? unjudged, is.get(subject) ?? unjudged];
    if (from === to) return [];
    const fate = (sentence: string): Fate => ({ fate: 'not-considered', guard: null, sentence });
    return [{ kind: 'verdict', move: null, subject, before: fate(from), after: fate(to) }];
  });
}

const unjudged = 'it is not judged';

/** What the verdicts say, by the path of what they are about. */
function standings({ cell, verdicts }: Decision): Map<string, string> {
  const say = (verdict: string, because: string) => `it is ${verdict}: ${because}`;
  const { nodes, zones, regions, fleet, revision } = verdicts;
  return new Map<string, string>([
    ...nodes.map((n): [string, string] => [
      `${cell}/${n.zone}/${n.node}`,
      say(n.verdict, `${n.bad} of ${n.seeing} vantages find it failing: ${n.reason} (${n.detail})`),
    ]),
    ...zones.map((z): [string, string] => [`${cell}/${z.zone}`, say(z.verdict, z.because)]),
    ...regions.map((r): [string, string] => [r.region, say(r.verdict, r.because)]),
    ['fleet', say(fleet.verdict, fleet.because)],
    ['revision', say(revision.verdict, revision.because)],
  ]);
}
