import type { Clock, Outcome, ProbePort, Reason, TargetId } from '@evac/core';
import { alarm } from './alarm.ts';

type Question = Omit<Parameters<ProbePort['ask']>[0], 'signal'>;

export interface RoundMeans {
  probe: ProbePort;
  clock: Clock;
  /** Questions under way at once, over all targets. */
  concurrency: number;
  /** When the round ends, whoever has not answered by then. */
  deadlineMs: number;
  /** Targets that are being asked now. Rounds that share it never ask a target twice at the same time. */
  inFlight: Set<TargetId>;
  signal?: AbortSignal;
  /** Each outcome as it comes; `at` is its place among the questions. */
  onOutcome?(outcome: Outcome, at: number): void;
}

/**
 * Asks every question once and returns one outcome each, in their order. A target that is still being asked is
 * `skipped`; so is one whose turn had not come when the round ended. What was under way then is `aborted`, and its
 * connection closed. Never rejects.
 */
export async function boundedRound(questions: Question[], means: RoundMeans): Promise<Outcome[]> {
  const { probe, clock, inFlight } = means;
  const over = new AbortController();
  /** Ends the wait for each probe that is under way. */
  const waits = new Set<() => void>();
  const end = () => {
    over.abort();
    for (const stopWaiting of waits) stopWaiting();
  };
  means.signal?.addEventListener('abort', end, { once: true });
  if (means.signal?.aborted === true) end();
  const callOff = alarm(clock, means.deadlineMs, end);

  const outcomes = new Map<number, Outcome>();
  // Reserved before anything is awaited, so that a round begun meanwhile finds them taken.
  const turns = reserve(questions, inFlight).values();

  async function askInTurn(): Promise<void> {
    // One iterator for all: each worker takes the next question from it.
    for (const [at, question] of turns) {
      const outcome = await askOnce(question);
      outcomes.set(at, outcome);
      means.onOutcome?.(outcome, at);
    }
  }

  function askOnce(question: Question): Promise<Outcome> | Outcome {
    const { id } = question.target;
    if (over.signal.aborted) {
      inFlight.delete(id);
      return unknown(question, 'skipped', 'its turn did not come', clock);
    }
    return new Promise((resolve) => {
      const stopWaiting = () => resolve(unknown(question, 'aborted', 'the round was over', clock));
      waits.add(stopWaiting);
      const settle = (outcome: Outcome) => {
        inFlight.delete(id);
        waits.delete(stopWaiting);
        resolve(outcome);
      };
      probe
        .ask({ ...question, signal: over.signal })
        .then(settle, (error) =>
          settle(unknown(question, 'vantage-blind', `the probe failed: ${error}`, clock)),
        );
    });
  }

  const workers = Math.max(1, Math.min(means.concurrency, questions.length));
  await Promise.all(Array.from({ length: workers }, askInTurn));
  callOff();
  means.signal?.removeEventListener('abort', end);
  return questions.map(
    (question, at) => outcomes.get(at) ?? unknown(question, 'skipped', 'it is still being asked', clock),
  );
}

/** The questions whose targets nobody is asking, with their places; their targets are taken from now on. */
function reserve(questions: Question[], inFlight: Set<TargetId>): [number, Question][] {
  return [...questions.entries()].filter(([, { target }]) => {
    if (inFlight.has(target.id)) return false;
    inFlight.add(target.id);
    return true;
  });
}

function unknown(
  { target, check }: Question,
  reason: Reason<'unknown'>,
  detail: string,
  clock: Clock,
): Outcome {
  return { class: 'unknown', reason, target: target.id, check, at: clock.now(), latencyMs: 0, detail };
}
