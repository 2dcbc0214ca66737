import type { DecisionChange, RecordedJudgement } from '@evac/core';

/** The same change, judgement after judgement: one line with a count. */
export interface ChangeGroup extends DecisionChange {
  service: string;
  /** The region whose cell judged. */
  cell: string;
  count: number;
  /** Epoch ms; the sentences are those of the first. */
  firstAt: number;
  lastAt: number;
}

/** Collects changes in the order in which each was first seen. */
export function createGroups() {
  const groups = new Map<string, ChangeGroup>();
  return {
    add({ at, snapshot: { service, cell } }: RecordedJudgement, change: DecisionChange): void {
      const key = JSON.stringify([service, cell, change.kind, change.move, change.subject, ...ends(change)]);
      const known = groups.get(key);
      if (!known) groups.set(key, { service, cell, ...change, count: 1, firstAt: at, lastAt: at });
      else {
        known.count += 1;
        known.firstAt = Math.min(known.firstAt, at);
        known.lastAt = Math.max(known.lastAt, at);
      }
    },
    all: (): ChangeGroup[] => [...groups.values()],
  };
}

/** Fates and guards, and not their sentences: "4m ago" is another sentence every second. */
function ends({ before, after }: DecisionChange) {
  return [before.fate, before.guard, after.fate, after.guard];
}
