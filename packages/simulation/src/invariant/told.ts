import type { ServiceSettings } from '@evac/core';
import type { Call, Truth } from '../contract.ts';
import { evidenceMs } from './bounds.ts';
import type { Ended } from './call.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createTestimonies, type Testimonies } from './testimony.ts';

/** Everything that the calls of a scene have told so far. */
export interface Told {
  ledger: Ledger;
  testimonies: Testimonies;
}

/** One book for all rules of a scene: each would write the same into its own. */
const books = new WeakMap<Truth, Told & { last: Call | null }>();

function bookOf(truth: Truth) {
  const book = books.get(truth) ?? {
    ledger: createLedger(),
    testimonies: createTestimonies(keptMs(truth.service)),
    last: null,
  };
  books.set(truth, book);
  return book;
}

/** How far back any rule asks what vantages have told. */
function keptMs(service: ServiceSettings): number {
  return evidenceMs(service) + service.thresholds.zoneN * service.timing.intervalMs + 10 * 60_000;
}

/** What was told up to now. */
export function toldSoFar(truth: Truth): Told {
  return bookOf(truth);
}

/** What was told up to this call and by it, whichever rule is the first to hear of it. */
export function hear(call: Call, ended: Ended, truth: Truth): Told {
  const book = bookOf(truth);
  if (book.last === call) return book;
  book.last = call;
  book.ledger.note(call, ended);
  book.testimonies.note(call, ended, truth);
  return book;
}
