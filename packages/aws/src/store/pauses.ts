import type { Clock, Pause, Store } from '@evac/core';
import { itemOf, number, numberOf, text, textOf, ttlAt } from './item.ts';
import { breakerKey, pauseKey, pausesPk } from './keys.ts';
import type { Table } from './table.ts';

/** TTL may take two days, and until then a pause that has ended is only left out. */
const keepMs = 86_400_000;

/** What people have said: not now, and go on. */
export function createPauseStore(
  table: Table,
  clock: Clock,
): Pick<Store, 'pauses' | 'addPause' | 'removePause' | 'breakerResetAt' | 'resetBreaker'> {
  return {
    async pauses() {
      const now = clock.now();
      const all = (await table.query(pausesPk)).map((item): Pause => JSON.parse(textOf(item, 'pause')));
      return all.filter((pause) => pause.until === null || pause.until > now);
    },
    async addPause(pause) {
      const gone = pause.until === null ? {} : ttlAt(pause.until + keepMs);
      await table.put(itemOf(pauseKey(pause.id), { pause: text(JSON.stringify(pause)), ...gone }));
    },
    async removePause({ id }) {
      await table.remove(pauseKey(id));
    },
    async breakerResetAt() {
      const item = await table.get(breakerKey);
      return item ? numberOf(item, 'at') : null;
    },
    async resetBreaker({ by, reason }) {
      const who = { by: text(by), reason: text(reason) };
      await table.put(itemOf(breakerKey, { at: number(clock.now()), ...who }));
    },
  };
}
