import type { GuardName, Refusal, Verdicts } from '../decision.ts';
import type { Candidate } from '../move.ts';
import type { ServiceSettings } from '../settings.ts';
import type { Snapshot } from '../snapshot.ts';

/** Everything a guard may look at. Plain data: a guard reads no clock and asks nobody. */
export interface GuardContext {
  snapshot: Snapshot;
  settings: ServiceSettings;
  verdicts: Verdicts;
  /** Candidates that this same decision has already let through. */
  planned: Candidate[];
  now: number;
}

/** Why not, and what would change it; null lets the candidate through. */
export type Objection = { because: string; unblock: string } | null;

export interface Guard {
  name: GuardName;
  /** True where a person's `force` overrides all of it: cooldown, quorum, maintenance and approval. Of `subsumed` it overrides a part. */
  yieldsToForce: boolean;
  object(candidate: Candidate, context: GuardContext): Objection;
}

/** The first guard's refusal, or null. A guard that throws refuses: not knowing is no permission. */
export function firstRefusal(
  guards: readonly Guard[],
  candidate: Candidate,
  context: GuardContext,
): Refusal | null {
  for (const guard of guards) {
    if (candidate.verb === 'force' && guard.yieldsToForce) continue;
    const objection = ask(guard, candidate, context);
    if (objection) return { candidate, guard: guard.name, ...objection };
  }
  return null;
}

function ask(guard: Guard, candidate: Candidate, context: GuardContext): Objection {
  try {
    return guard.object(candidate, context);
  } catch (error) {
    return {
      because: `the guard itself failed (${error instanceof Error ? error.message : String(error)})`,
      unblock: 'report this as a defect; nothing was done',
    };
  }
}
