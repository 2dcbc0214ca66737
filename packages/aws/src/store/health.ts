import { randomUUID } from 'node:crypto';
import type { Clock, Health, ServiceName, Store, ZoneRound } from '@evac/core';
import { type HealthPart, splitHealth } from './health-parts.ts';
import { bytes, bytesOf, type Item, itemOf, number, numberOf, text, textOf, ttlAt } from './item.ts';
import { healthHead, type Key } from './keys.ts';
import { packText, unpackText } from './pack.ts';
import type { Table } from './table.ts';

/**
 * A part that nothing names any more goes away by itself: taking it away would cost as much as writing it. One that is
 * still named is written anew at half of this.
 */
const keepMs = 86_400_000;

interface PartName extends Key {
  /** When it was last written, epoch ms. */
  at: number;
}

interface Head {
  version: number;
  parts: PartName[];
}

/** A head as last seen, with the JSON of its parts: parts never change, so what is known need not be read again. */
interface Known {
  head: Head;
  contents: Map<string, string>;
}

/**
 * What every vantage knows of every target, and the counts per zone: megabytes, of which a round changes one vantage's
 * share. It is kept in parts that are named by their content, and one head that names them all. A writer writes the
 * parts that are new and then, on condition that the version is still the one it read, the head: so a reader that
 * follows a head never sees two versions mixed.
 */
export function createHealthStore(table: Table, clock: Clock): Pick<Store, 'readHealth' | 'writeHealth'> {
  const known = new Map<ServiceName, Known>();

  async function readHead(service: ServiceName): Promise<Head> {
    const item = await table.get(healthHead(service));
    if (!item) return { version: 0, parts: [] };
    return { version: numberOf(item, 'version'), parts: JSON.parse(textOf(item, 'parts')) };
  }

  async function readContents(service: ServiceName, head: Head): Promise<Map<string, string>> {
    const before = known.get(service)?.contents;
    const unknown = head.parts.filter((part) => !before?.has(nameOf(part)));
    const items = await table.getAll(unknown.map(({ pk, sk }) => ({ pk, sk })));
    const read = new Map(items.map((item) => [nameOfItem(item), unpackText(bytesOf(item, 'body'))]));
    const named = head.parts.flatMap((part): [string, string][] => {
      const content = before?.get(nameOf(part)) ?? read.get(nameOf(part));
      return content === undefined ? [] : [[nameOf(part), content]];
    });
    return new Map(named);
  }

  return {
    async readHealth({ service }) {
      let head = await readHead(service);
      let contents = await readContents(service, head);
      if (contents.size < head.parts.length) {
        // Replaced long ago while we were slow, or expired because nobody judged for a day. What is then still missing
        // is not known: never healthy, never failing.
        head = await readHead(service);
        contents = await readContents(service, head);
      }
      known.set(service, { head, contents });
      const health: Health[] = [];
      const rounds: ZoneRound[] = [];
      for (const part of head.parts) {
        const content = contents.get(nameOf(part));
        if (content === undefined) continue;
        if (part.pk.startsWith('rounds#')) rounds.push(...parse<ZoneRound>(content));
        else health.push(...parse<Health>(content));
      }
      return { health, rounds, version: head.version };
    },

    async writeHealth({ service, health, rounds, version }) {
      const last = known.get(service);
      const before = last?.head.version === version ? last.head : await readHead(service);
      if (before.version !== version) return false;
      const now = clock.now();
      const written = new Map(before.parts.map((part) => [nameOf(part), part.at]));
      const parts = splitHealth(service, health, rounds).map((part) => {
        const at = written.get(nameOf(part)) ?? Number.NEGATIVE_INFINITY;
        return { ...part, isNew: now - at > keepMs / 2, at: now - at > keepMs / 2 ? now : at };
      });
      await table.putAll(parts.filter((part) => part.isNew).map((part) => partItem(part, now + keepMs)));
      const head: Head = { version: version + 1, parts: parts.map(({ pk, sk, at }) => ({ pk, sk, at })) };
      const nonce = randomUUID();
      const result = await table.put(
        itemOf(healthHead(service), {
          version: number(head.version),
          parts: text(JSON.stringify(head.parts)),
          nonce: text(nonce),
        }),
        version === 0
          ? { expression: 'attribute_not_exists(pk)' }
          : { expression: '#version = :version', values: { ':version': number(version) } },
      );
      // Repeated because the answer was lost, it finds itself.
      if (!result.ok && result.item?.nonce?.S !== nonce) return false;
      known.set(service, { head, contents: new Map(parts.map((part) => [nameOf(part), part.content])) });
      return true;
    },
  };
}

function partItem(part: HealthPart, expiresAt: number): Item {
  return itemOf(part, { body: bytes(packText(part.content)), ...ttlAt(expiresAt) });
}

function parse<T>(content: string): T[] {
  const list: T[] = JSON.parse(content);
  return list;
}

function nameOf({ pk, sk }: Key): string {
  return `${pk} ${sk}`;
}

function nameOfItem(item: Item): string {
  return nameOf({ pk: textOf(item, 'pk'), sk: textOf(item, 'sk') });
}
