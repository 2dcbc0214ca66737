import type { CloudEvent } from '../../cloud/cloud.ts';
import type { WorldEvent } from './view.ts';

const kept = 10_000;

/** The world's events, numbered, the last ten thousand of them. */
export interface Timeline {
  add(event: CloudEvent | Omit<WorldEvent, 'seq'>): void;
  after(seq: number): WorldEvent[];
}

export function createTimeline(): Timeline {
  const events: WorldEvent[] = [];
  let last = 0;
  return {
    add(event) {
      events.push({ ...event, seq: ++last });
      if (events.length > kept) events.shift();
    },
    after: (seq) => events.filter((event) => event.seq > seq),
  };
}
