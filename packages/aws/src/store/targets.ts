import { randomUUID } from 'node:crypto';
import { type Clock, PortError, type Store, type Target } from '@evac/core';
import { attempts, backOff } from './back-off.ts';
import { bytes, bytesOf, type Item, itemOf, number, numberOf, text, textOf } from './item.ts';
import { partSk, targetsPk } from './keys.ts';
import { packList, unpack } from './pack.ts';
import type { Table } from './table.ts';

/** Of a transaction. At some 30 bytes a target, it is reached beyond a million of them. */
const maxParts = 100;

/** The list of what to ask. It is replaced as a whole: more than one part are one transaction. */
export function createTargetStore(table: Table, clock: Clock): Pick<Store, 'writeTargets' | 'readTargets'> {
  return {
    async writeTargets({ service, targets }) {
      const parts = packList(targets);
      if (parts.length > maxParts) {
        throw new PortError('invalid', `${targets.length} targets of ${service} do not fit into one write`);
      }
      const revision = randomUUID();
      const items = parts.map((body, i) =>
        itemOf(
          { pk: targetsPk(service), sk: partSk(i) },
          { revision: text(revision), parts: number(parts.length), body: bytes(body) },
        ),
      );
      const [only] = items;
      if (only && items.length === 1) await table.put(only);
      else
        await table.transact(
          items.map((put) => ({ put })),
          revision,
        );
    },

    async readTargets({ service }) {
      for (let attempt = 1; attempt <= attempts; attempt++) {
        const parts = whole(await table.query(targetsPk(service)));
        if (parts) return parts.flatMap((part) => unpack<Target[]>(bytesOf(part, 'body')));
        await backOff(clock, attempt);
      }
      throw new PortError(
        'contention',
        `the targets of ${service} changed under every one of ${attempts} reads`,
      );
    },
  };
}

/** The parts of the list that stands, or null where a transaction came between the query's reads. */
function whole(items: Item[]): Item[] | null {
  const [first] = items;
  if (!first) return [];
  // A longer list before this one may have left parts behind.
  const same = items.filter((item) => textOf(item, 'revision') === textOf(first, 'revision'));
  return same.length === numberOf(first, 'parts') ? same : null;
}
