import type { Complaint, JoinedMemory, Remembered } from '@evac/core/discovery';
import type { PortContext } from '../context.ts';
import { type Item, itemOf, text, textOf } from '../store/item.ts';
import { complaintKey, complaintsPk, joinedKey, joinedPk } from '../store/keys.ts';
import { digest } from '../store/pack.ts';
import { createTable } from '../store/table.ts';

/** What the tags said last, in the region's table: an item of about half a KB for each service, and each complaint. */
export function createJoinedMemory(
  { clients, clock }: Pick<PortContext, 'clients' | 'clock'>,
  table: string,
): JoinedMemory {
  const items = createTable(clients, table, clock);
  const hash = ({ group, sentence }: Complaint) => digest(`${group} ${sentence}`);
  return {
    joined: async () => (await items.understood(joinedPk)).map(read<Remembered>),
    async keep(remembered) {
      await items.put(itemOf(joinedKey(remembered.service.name), body(remembered)));
    },
    forget: ({ name }) => items.remove(joinedKey(name)),
    complaints: async () => (await items.understood(complaintsPk)).map(read<Complaint>),
    async addComplaint(complaint) {
      const isNew = { expression: 'attribute_not_exists(pk)' };
      const result = await items.put(itemOf(complaintKey(hash(complaint)), body(complaint)), isNew);
      return result.ok;
    },
    removeComplaint: (complaint) => items.remove(complaintKey(hash(complaint))),
  };
}

const body = (value: Remembered | Complaint): Item => ({ body: text(JSON.stringify(value)) });

function read<T>(item: Item): T {
  const value: T = JSON.parse(textOf(item, 'body'));
  return value;
}
