import { describe, expect, it } from 'vitest';
import { minuteOf, readSpan, spanSecondsOf } from './message.ts';

const sent = 1_800_000_007_300;
/** As Scheduler and the queue make it of one delivery. */
const event = (body: string, sentAt: number = sent) => ({
  Records: [
    {
      body: body.replace('<aws.scheduler.scheduled-time>', '2027-01-15T08:00:00Z'),
      attributes: { SentTimestamp: String(sentAt) },
    },
  ],
});

describe('a minute’s messages', () => {
  it.each([
    { spanSeconds: 5, delays: [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55] },
    { spanSeconds: 7, delays: [0, 7, 14, 21, 28, 35, 42, 49, 56] },
    { spanSeconds: 60, delays: [0] },
  ])(
    'cut it into spans of $spanSeconds s, each from where the one before ends',
    ({ spanSeconds, delays }) => {
      const minute = minuteOf(spanSeconds, 1);
      expect(minute.map((m) => m.delaySeconds)).toEqual(delays);
      const spans = minute.map(({ body }) => readSpan(event(body)));
      expect(spans[0]?.from).toBe(Date.parse('2027-01-15T08:00:00Z'));
      expect(spans.map((s) => s.until)).toEqual([
        ...spans.slice(1).map((s) => s.from),
        Date.parse('2027-01-15T08:01:00Z'),
      ]);
      expect(spans.map((s) => s.beginsAt - sent)).toEqual(delays.map((seconds) => seconds * 1_000));
    },
  );

  it('are as many for each span as there are shards', () => {
    const spans = minuteOf(20, 3).map(({ body }) => readSpan(event(body)));
    expect(spans.map((s) => [s.beginsAt - sent, s.shard.shard, s.shard.shards])).toEqual([
      [0, 0, 3],
      [0, 1, 3],
      [0, 2, 3],
      [20_000, 0, 3],
      [20_000, 1, 3],
      [20_000, 2, 3],
      [40_000, 0, 3],
      [40_000, 1, 3],
      [40_000, 2, 3],
    ]);
  });

  it.each([
    { intervals: [5_000, 30_000], seconds: 5 },
    { intervals: [2_500], seconds: 2 },
    { intervals: [300], seconds: 1 },
    { intervals: [120_000], seconds: 60 },
    { intervals: [], seconds: 60 },
  ])('are cut to the smallest interval: $intervals is $seconds s', ({ intervals, seconds }) => {
    expect(spanSecondsOf(intervals)).toBe(seconds);
  });
});

describe('an event', () => {
  const good = minuteOf(5, 1)[0]?.body ?? '';
  it.each([
    ['nothing', {}, /holds no message/],
    ['two messages', { Records: [...event(good).Records, ...event(good).Records] }, /or several/],
    ['no JSON', event('hello'), /the message hello is none of the schedule's; \{"at": /],
    [
      'a time that Scheduler did not fill in',
      { Records: [{ body: good, attributes: { SentTimestamp: '1' } }] },
      /none/,
    ],
    [
      'no time of sending',
      { Records: [{ ...event(good).Records[0], attributes: {} }] },
      /none of the schedule's/,
    ],
    ['a span of no length', event(good.replace('"for":5', '"for":0')), /none of the schedule's/],
    ['a shard that is none', event(good.replace('"shard":0', '"shard":1')), /shard 1 of 1 shards is none/],
  ])('with %s is refused with what would be right', (_, wrong, message) => {
    expect(() => readSpan(wrong)).toThrow(message);
  });
});
