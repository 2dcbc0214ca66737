import { createHash } from 'node:crypto';
import { PortError, type Target } from '@evac/core';
import { fieldsOf } from '../fields.ts';

/** Which part of every service's targets one of a vantage's functions asks: the `shard`th (from 0) of `shards`. */
export interface Shard {
  shard: number;
  shards: number;
}

/** From a message of the schedule; all of it where it says nothing. Throws a PortError `invalid`. */
export function readShard(event: unknown): Shard {
  const { shard = 0, shards = 1 } = fieldsOf(event);
  if (isCount(shard) && isCount(shards) && shard < shards) return { shard, shards };
  throw new PortError(
    'invalid',
    `shard ${shard} of ${shards} shards is none: 0 of 1, 0 of 2 and 1 of 2 would be right`,
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/**
 * The shard's own targets. It hangs on a target's name alone, so each is asked by one shard and no other, also while the
 * list changes and the functions read it at different times.
 */
export function ownTargets(targets: readonly Target[], { shard, shards }: Shard): Target[] {
  if (shards === 1) return [...targets];
  return targets.filter(({ service, id }) => {
    const digest = createHash('sha256').update(`${service} ${id}`).digest();
    return digest.readUInt32BE(0) % shards === shard;
  });
}
