import type { Observation } from '@evac/core';
import { type Item, mustUnderstand, textOf } from './item.ts';
import { observationKind } from './keys.ts';
import { unpackObservation } from './observations.ts';

/** As much of a DynamoDB stream's record, in a function's event, as is read here; bytes come as base64. */
export interface StreamRecord {
  dynamodb?: { NewImage?: Record<string, StreamValue> | undefined } | undefined;
}

interface StreamValue {
  S?: string | undefined;
  N?: string | undefined;
  B?: string | Uint8Array | undefined;
}

/** For the event source mapping: what else is written to the table does not wake the function. */
export const observationFilter = {
  eventName: ['INSERT', 'MODIFY'],
  dynamodb: { Keys: { pk: { S: [{ prefix: `${observationKind}#` }] } } },
};

/**
 * The observation that a record of the table's stream carries, or null where it carries something else (an expired
 * item). Of a large one that was written in parts, each record is an observation with some of the outcomes. Throws a
 * PortError `invalid` for what Evac, or this version of it, has not written.
 */
export function observationFrom(record: StreamRecord): Observation | null {
  const image = record.dynamodb?.NewImage;
  if (!image) return null;
  const item: Item = Object.fromEntries(
    Object.entries(image).flatMap(([name, { S, N, B }]): [string, Item[string]][] => {
      if (S !== undefined) return [[name, { S }]];
      if (N !== undefined) return [[name, { N }]];
      if (B === undefined) return [];
      return [[name, { B: typeof B === 'string' ? Buffer.from(B, 'base64') : B }]];
    }),
  );
  if (!textOf(item, 'pk').startsWith(`${observationKind}#`)) return null;
  return unpackObservation(mustUnderstand(item));
}
