/** Something that is to happen at a time; what was called off has nothing left to run. */
export interface Entry {
  readonly at: number;
  /** When it was put down: of those at the same time, the oldest comes first. */
  readonly since: number;
  readonly order: number;
  run: (() => void) | null;
}

/** What is to happen when, soonest first, and in the order it was put down in. */
export interface Agenda {
  add(at: number, since: number, run: () => void): Entry;
  first(): Entry | undefined;
  /** Takes the first away. */
  take(): Entry | undefined;
}

/**
 * A binary heap. What is called off stays in it until its time comes: most is, long before (a deadline, the rest of a
 * round), and this way it costs nothing.
 */
export function createAgenda(): Agenda {
  const heap: Entry[] = [];
  let orders = 0;

  function pop(): Entry | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) sink(last);
    return first;
  }

  function sink(entry: Entry): void {
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left === undefined) break;
      let child = left;
      if (right !== undefined && isBefore(right, left)) {
        child = right;
        below += 1;
      }
      if (!isBefore(child, entry)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = entry;
  }

  function rise(entry: Entry): void {
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  const agenda: Agenda = {
    add(at, since, run) {
      orders += 1;
      const entry: Entry = { at, since, order: orders, run };
      rise(entry);
      return entry;
    },
    first() {
      while (heap[0]?.run === null) pop();
      return heap[0];
    },
    take() {
      return agenda.first() && pop();
    },
  };
  return agenda;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
