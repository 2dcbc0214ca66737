import { randomUUID } from 'node:crypto';
import type { Clock, Observation, Store } from '@evac/core';
import { attempts, backOff } from './back-off.ts';
import { bytes, bytesOf, type Item, itemOf, number, numberOf, text, textOf, ttlAt } from './item.ts';
import { lateSk, observationPk, observationSk } from './keys.ts';
import { packObservation, unpack } from './pack.ts';
import type { Table } from './table.ts';

/** A vantage that is no longer configured is forgotten after this. */
const keepMs = 7 * 86_400_000;
/** Only the stream is to see it. */
const keepLateMs = 3_600_000;

/**
 * The last observation of each vantage. A put that comes late does not hide a newer one, and still passes through the
 * table's stream under a key of its own: its outcomes may be the only ones that tell of a slow target.
 */
export function createObservationStore(
  table: Table,
  clock: Clock,
): Pick<Store, 'putObservation' | 'observations'> {
  return {
    async putObservation(observation) {
      const { service, vantage, at } = observation;
      const revision = randomUUID();
      const bodies = packObservation(observation);
      const items = (sk: (index: number) => string, keptMs: number) =>
        bodies.map((body, i) =>
          itemOf(
            { pk: observationPk(service), sk: sk(i) },
            {
              vantage: text(vantage),
              at: number(at),
              revision: text(revision),
              parts: number(bodies.length),
              body: bytes(body),
              ...ttlAt(clock.now() + keptMs),
            },
          ),
        );
      const newest = items((i) => observationSk(vantage, i), keepMs);
      if (await replace(table, newest, at, revision)) return;
      await table.putAll(items((i) => lateSk(vantage, at, `${revision}.${i}`), keepLateMs));
    },

    async observations({ service }) {
      for (let attempt = 1; ; attempt++) {
        const items = (await table.query(observationPk(service))).filter(isNewest);
        const vantages = Map.groupBy(items, (item) => textOf(item, 'vantage'));
        const read = [...vantages.values()].map(newestOf);
        // Of one that is being replaced just now, some outcomes are better than none: they are evidence, each by itself.
        if (read.every(({ whole }) => whole) || attempt === attempts) return read.map((r) => r.observation);
        await backOff(clock, attempt);
      }
    },
  };
}

/** False if a newer one is there. The first part's time stands for all of them: they are written together. */
async function replace(table: Table, items: Item[], at: number, token: string): Promise<boolean> {
  const condition = {
    expression: 'attribute_not_exists(pk) OR #at <= :at',
    values: { ':at': number(at) },
  };
  const [first, ...rest] = items;
  if (!first) return true;
  if (rest.length === 0) return (await table.put(first, condition)).ok;
  const operations = [{ put: first, condition }, ...rest.map((put) => ({ put }))];
  return (await table.transact(operations, token)).ok;
}

function isNewest(item: Item): boolean {
  return !textOf(item, 'sk').includes('#late#');
}

function newestOf(parts: Item[]): { observation: Observation; whole: boolean } {
  const newest = parts.reduce((a, b) => (numberOf(b, 'at') > numberOf(a, 'at') ? b : a));
  const same = parts.filter((part) => textOf(part, 'revision') === textOf(newest, 'revision'));
  const all = same.map((part) => unpackObservation(part));
  return {
    observation: { ...unpackObservation(newest), outcomes: all.flatMap((o) => o.outcomes) },
    whole: same.length === numberOf(newest, 'parts'),
  };
}

export function unpackObservation(item: Item): Observation {
  return unpack<Observation>(bytesOf(item, 'body'));
}
