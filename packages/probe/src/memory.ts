import { newHealth, type ServiceSettings, type Target, type TargetId, type Vantage } from '@evac/core';
import type { Asked, Round } from './due.ts';
import { turnBefore, turnPhase } from './turn.ts';

/** What a vantage keeps of a service from round to round. Without it a round asks a little more, and nothing less. */
export interface Memory {
  known: Map<TargetId, Asked>;
  inFlight: Set<TargetId>;
  reading: boolean;
  /** Where the last round ended: what had its turn between that and the next one was somebody else’s to ask. */
  until: number;
}

export function newMemory(): Memory {
  return { known: new Map(), inFlight: new Set(), reading: false, until: Number.NEGATIVE_INFINITY };
}

/** Takes the list as it is now: forgets whom it does not have, and knows of whoever is new that nothing is known. */
export function refresh(
  { known }: Memory,
  all: Target[],
  { vantage, service, now }: { vantage: Vantage; service: ServiceSettings; now: number },
  round: Round,
): void {
  const { intervalMs, deepIntervalMs } = service.timing;
  const targets = all.filter((t) => concerns(t, vantage));
  const wanted = new Set(targets.map((t) => t.id));
  for (const id of known.keys()) if (!wanted.has(id)) known.delete(id);
  for (const target of targets) {
    const asked = known.get(target.id);
    if (asked) asked.target = target;
    else {
      const of = { vantage: vantage.id, service: service.name, target: target.id };
      const phaseMs = turnPhase(of, deepIntervalMs);
      known.set(target.id, {
        target,
        health: newHealth(target.id, vantage.id, target.launchedAt),
        startedAt: {},
        // A suspicion that came just after the last round had read the list is a whole interval old by now.
        since: now - 2 * intervalMs,
        askedIn: Number.NEGATIVE_INFINITY,
        phaseMs,
        turn: turnBefore(round.from, phaseMs, deepIntervalMs),
      });
    }
  }
}

/** A zone's vantage asks private targets; the region's, from outside the VPC, public endpoints. */
function concerns(target: Target, vantage: Vantage): boolean {
  return vantage.zone === null ? target.kind === 'region' : target.kind !== 'region';
}

/** What had its turn while nobody remembered is not caught up with. */
export function skipTurnsOfOthers(memory: Memory, round: Round, { timing }: ServiceSettings): void {
  if (round.from > memory.until)
    for (const asked of memory.known.values())
      asked.turn = Math.max(asked.turn, turnBefore(round.from, asked.phaseMs, timing.deepIntervalMs));
  memory.until = Math.max(memory.until, round.until);
}
