import { afterEach, beforeEach, vi } from 'vitest';

/**
 * In the file that calls this, deadlines pass by turns of the event loop, a millisecond at each, and latencies are measured
 * so too. Both ends of a connection are in this process: whatever stops it for a while (a busy machine, a collection) stops
 * what is waited for, and by the machine's own clock its deadline would pass meanwhile.
 */
export function timeByTurns(): void {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
      // By so much at each firing of a real interval, of which a late one is not made up for.
      shouldAdvanceTime: true,
      advanceTimeDelta: 1,
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}
