import { PortError } from '@evac/core';
import { fieldsOf } from '../fields.ts';
import type { Shard } from './shard.ts';
import { readShard } from './shard.ts';

/** A part of the schedule's minute, and the part of every service's targets that is asked in it. Epoch ms, by the plan. */
export interface Span {
  from: number;
  /** Without itself: the next span begins there. */
  until: number;
  /** When it begins by the queue’s clock: Scheduler may start its minute up to a minute after its time. */
  beginsAt: number;
  shard: Shard;
}

/** Put in by Scheduler. https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
const scheduledTime = '<aws.scheduler.scheduled-time>';
const minuteSeconds = 60;

/** One message of a minute: after how many seconds it is to be delivered, and what it says. */
export interface Delivery {
  delaySeconds: number;
  body: string;
}

/** A minute’s messages: one for each shard of every span that begins in it. */
export function minuteOf(spanSeconds: number, shards: number): Delivery[] {
  const starts = Array.from(
    { length: Math.ceil(minuteSeconds / spanSeconds) },
    (_, nth) => nth * spanSeconds,
  );
  return starts.flatMap((after) =>
    Array.from({ length: shards }, (_, shard) => {
      const lasts = Math.min(spanSeconds, minuteSeconds - after);
      const body = JSON.stringify({ at: scheduledTime, after, for: lasts, shard, shards });
      return { delaySeconds: after, body };
    }),
  );
}

/**
 * What spans are cut to: the smallest interval of some services in whole seconds, the finest delay of a queue; at least one
 * second, at most the minute.
 */
export function spanSecondsOf(intervalsMs: readonly number[]): number {
  const smallest = Math.floor(Math.min(...intervalsMs, minuteSeconds * 1_000) / 1_000);
  return Math.max(1, smallest);
}

/** From the event of a queue, one message of {@link minuteOf} at a time. Throws a PortError `invalid`. */
export function readSpan(event: unknown): Span {
  const { Records: records } = fieldsOf(event);
  const [record, ...more] = Array.isArray(records) ? records : [];
  if (record === undefined || more.length > 0)
    throw new PortError('invalid', 'the event holds no message, or several; one of the queue would be right');
  const { body, attributes } = fieldsOf(record);
  const message = fieldsOf(parse(body));
  const from = typeof message.at === 'string' ? Date.parse(message.at) : Number.NaN;
  const sentAt = Number(fieldsOf(attributes).SentTimestamp);
  const { after, for: lasts } = message;
  if (Number.isNaN(from + sentAt) || !isSeconds(after) || !isSeconds(lasts) || lasts === 0)
    throw new PortError(
      'invalid',
      `the message ${String(body)} is none of the schedule's; {"at": "2026-11-21T18:00:00Z", "after": 5, "for": 5, "shard": 0, "shards": 1} would be right`,
    );
  const begins = from + after * 1_000;
  return {
    from: begins,
    until: begins + lasts * 1_000,
    beginsAt: sentAt + after * 1_000,
    shard: readShard(message),
  };
}

function parse(body: unknown): unknown {
  if (typeof body !== 'string') return null;
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= minuteSeconds;
}
