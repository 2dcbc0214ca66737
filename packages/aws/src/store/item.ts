import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { PortError } from '@evac/core';
import type { Key } from './keys.ts';

export type Item = Record<string, AttributeValue>;

/**
 * Raised when an item comes to mean something else. What is merely added needs no new number: an attribute that this
 * version does not know is ignored. 2: what is packed may be packed with brotli.
 */
export const itemVersion = 2;

/** DynamoDB allows 400 KB, names and numbers included; the rest is room for them. */
const maxBytes = 380_000;

export const text = (value: string): AttributeValue => ({ S: value });
export const number = (value: number): AttributeValue => ({ N: String(value) });
export const flag = (value: boolean): AttributeValue => ({ BOOL: value });
export const bytes = (value: Uint8Array): AttributeValue => ({ B: value });

/** An item of this version. Rejects with `invalid` what DynamoDB would not take. */
export function itemOf(key: Key, attributes: Item): Item {
  const item = { pk: text(key.pk), sk: text(key.sk), v: number(itemVersion), ...attributes };
  const size = Object.entries(item).reduce((sum, [name, value]) => sum + name.length + sizeOf(value), 0);
  if (size <= maxBytes) return item;
  throw new PortError(
    'invalid',
    `${nameOf(key)} would be ${Math.ceil(size / 1_000)} KB: an item of the table holds at most ${maxBytes / 1_000} KB`,
  );
}

/** Epoch seconds, as TTL wants them. */
export function ttlAt(ms: number): Item {
  return { ttl: number(Math.ceil(ms / 1_000)) };
}

export function isUnderstood(item: Item): boolean {
  return numberOf(item, 'v') <= itemVersion;
}

/** Throws when a newer version wrote the item: it is neither understood nor overwritten. */
export function mustUnderstand(item: Item): Item {
  if (isUnderstood(item)) return item;
  const version = numberOf(item, 'v');
  const name = nameOf({ pk: textOf(item, 'pk'), sk: textOf(item, 'sk') });
  throw new PortError(
    'invalid',
    `${name} has shape ${version}, which a newer version of Evac wrote; this one knows ${itemVersion}: deploy the newer one here too`,
  );
}

export function textOf(item: Item, name: string): string {
  return item[name]?.S ?? lacks(item, name, 'text');
}

export function numberOf(item: Item, name: string): number {
  const value = Number(item[name]?.N ?? Number.NaN);
  return Number.isNaN(value) ? lacks(item, name, 'number') : value;
}

export function bytesOf(item: Item, name: string): Uint8Array {
  return item[name]?.B ?? lacks(item, name, 'bytes');
}

function lacks(item: Item, name: string, kind: string): never {
  const key = `${item.pk?.S ?? '?'} ${item.sk?.S ?? '?'}`;
  throw new PortError('invalid', `the item ${key} has no ${kind} "${name}": it was not written by Evac`);
}

function nameOf({ pk, sk }: Key): string {
  return `the item ${pk} ${sk}`;
}

function sizeOf(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.B !== undefined) return value.B.byteLength;
  return 21;
}
