import type { AlarmFact, AlarmMemory } from '@evac/core';
import type { PortContext } from './context.ts';
import { itemOf, text, textOf, ttlAt } from './store/item.ts';
import { alarmKey, alarmsPk } from './store/keys.ts';
import { createTable } from './store/table.ts';

/** Far longer than any decision tells of it. */
const keepMs = 86_400_000;

/** Alarms that went off, in the region's table: the last time of each, an item of some hundred bytes. */
export function createAlarmMemory(
  { clients, clock }: Pick<PortContext, 'clients' | 'clock'>,
  table: string,
): AlarmMemory {
  const items = createTable(clients, table, clock);
  return {
    async keep({ service, alarm }) {
      const body = { alarm: text(JSON.stringify(alarm)), ...ttlAt(alarm.at + keepMs) };
      await items.put(itemOf(alarmKey(service, alarm.name), body));
    },
    async recent({ service }) {
      const all = await items.understood(alarmsPk(service));
      return all.map((item): AlarmFact => JSON.parse(textOf(item, 'alarm')));
    },
  };
}
