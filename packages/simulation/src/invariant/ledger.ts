import {
  type Incident,
  type IncidentEvent,
  type Lease,
  lastEvent,
  type Pause,
  type Store,
  subjectPath,
} from '@evac/core';
import type { Call, Process } from '../contract.ts';
import { type Ended, isCall, succeeded } from './call.ts';

/** A pause as the store came to hold it. */
export interface KeptPause {
  pause: Pause;
  from: number;
  /** When it was removed; null while it is there. */
  removedAt: number | null;
}

interface KeptLease extends Lease {
  /** Of the last write that took or renewed it. */
  at: number;
  ttlMs: number;
}

/** What one region's store holds, followed from the outside, and when it came to hold it. */
interface Book {
  leases: Map<string, KeptLease>;
  incidents: Map<string, Incident>;
  pauses: KeptPause[];
  resetAt: number;
}

/** What one run of a step has read and written so far. */
interface Trail {
  beganAt: number;
  /** Its own store's methods, and when it last called them. */
  calledAt: Map<string, number>;
  lease: { scope: string; token: number } | null;
}

/**
 * What the stores hold and what each process knows, from the calls alone: nothing is asked of the stores, so a defect
 * in them shows. Every time is the scene's own; an incident's `openedAt` too, whatever clock its cell goes by.
 */
export interface Ledger {
  note(call: Call, ended: Ended): void;
  lease(region: string, scope: string): KeptLease | undefined;
  leases(region: string): KeptLease[];
  incident(region: string, id: string | undefined): Incident | undefined;
  incidents(region: string): Incident[];
  pauses(region: string): KeptPause[];
  breakerResetAt(region: string): number;
  /** The token a process acts with: the one it was given, or took since. */
  tokenOf(by: Process): { scope: string; token: number } | null;
  /** When the run of a step made its first call. */
  beganAt(by: Process, otherwise: number): number;
  /** When the run of a step last called this method of its own store; null if it did not. */
  calledAt(by: Process, method: string): number | null;
}

/** What a move's own lease is on. */
export function scopeOf({ service, subject }: Pick<Incident, 'service' | 'subject'>): string {
  return `${service}/${subjectPath(subject)}`;
}

export function createLedger(): Ledger {
  const books = new Map<string, Book>();
  const trails = new WeakMap<Process, Trail>();

  function bookOf(region: string): Book {
    let book = books.get(region);
    if (!book) {
      book = { leases: new Map(), incidents: new Map(), pauses: [], resetAt: Number.NEGATIVE_INFINITY };
      books.set(region, book);
    }
    return book;
  }

  function trailOf(call: Call): Trail {
    let trail = trails.get(call.by);
    if (!trail) {
      trail = { beganAt: call.at, calledAt: new Map(), lease: null };
      trails.set(call.by, trail);
    }
    return trail;
  }

  return {
    note(call, ended) {
      // Most calls are those of probes and judgements, of whom nobody asks.
      const trail = call.by.kind === 'step' ? trailOf(call) : null;
      if (call.port !== 'store' || !('result' in ended)) return;
      if (call.region === call.by.region) trail?.calledAt.set(call.method, call.at);
      if (!kept.has(call.method)) return;
      noteLease(call, ended, bookOf(call.region), trail);
      noteIncident(call, ended, bookOf(call.region));
      notePause(call, bookOf(call.region));
    },
    lease: (region, scope) => books.get(region)?.leases.get(scope),
    leases: (region) => [...(books.get(region)?.leases.values() ?? [])],
    incident: (region, id) => (id === undefined ? undefined : books.get(region)?.incidents.get(id)),
    incidents: (region) => [...(books.get(region)?.incidents.values() ?? [])],
    pauses: (region) => books.get(region)?.pauses ?? [],
    breakerResetAt: (region) => books.get(region)?.resetAt ?? Number.NEGATIVE_INFINITY,
    tokenOf: (by) => trails.get(by)?.lease ?? by.token ?? null,
    beganAt: (by, otherwise) => trails.get(by)?.beganAt ?? otherwise,
    calledAt: (by, method) => trails.get(by)?.calledAt.get(method) ?? null,
  };
}

/** What changes a book. */
const kept: ReadonlySet<string> = new Set<keyof Store>([
  'acquireLease',
  'releaseLease',
  'openIncident',
  'record',
  'closeIncident',
  'addPause',
  'removePause',
  'resetBreaker',
]);

function noteLease(call: Call, ended: Ended, { leases, incidents }: Book, trail: Trail | null): void {
  if (isCall(call, 'store', 'acquireLease') && succeeded(ended, call) && ended.result) {
    const { scope, token, expiresAt, holder } = ended.result;
    leases.set(scope, { scope, token, expiresAt, holder, at: call.at, ttlMs: call.ask.ttlMs });
    // Others are on a group's size, for a moment.
    const own = incidents.get(holder);
    if (trail && own && scope === scopeOf(own)) trail.lease = { scope, token };
  }
  if (isCall(call, 'store', 'record')) {
    const lease = leases.get(call.ask.scope);
    if (lease?.token !== call.ask.token) return;
    lease.at = call.at;
    lease.ttlMs = call.ask.ttlMs;
    lease.expiresAt = call.at + call.ask.ttlMs;
  }
  if (isCall(call, 'store', 'releaseLease')) {
    const lease = leases.get(call.ask.scope);
    if (lease?.token === call.ask.token) lease.expiresAt = Math.min(lease.expiresAt, call.at);
  }
}

function noteIncident(call: Call, ended: Ended, { incidents }: Book): void {
  if (isCall(call, 'store', 'openIncident') && succeeded(ended, call) && ended.result) {
    const { incident } = call.ask;
    incidents.set(incident.id, { ...incident, openedAt: call.at, events: [...incident.events] });
  }
  if (isCall(call, 'store', 'record') && succeeded(ended, call)) {
    incidents.get(call.ask.id)?.events.push({ ...ended.result, at: call.at });
  }
  if (isCall(call, 'store', 'closeIncident')) {
    const incident = incidents.get(call.ask.id);
    if (!incident || incident.closedAt !== null) return;
    incident.closedAt = call.at;
    incident.outcome = call.ask.outcome;
  }
}

function notePause(call: Call, book: Book): void {
  if (isCall(call, 'store', 'addPause')) {
    book.pauses.push({ pause: call.ask, from: call.at, removedAt: null });
  }
  if (isCall(call, 'store', 'removePause')) {
    for (const kept of book.pauses) if (kept.pause.id === call.ask.id) kept.removedAt ??= call.at;
  }
  if (isCall(call, 'store', 'resetBreaker')) book.resetAt = call.at;
}

/** When the move was let through; null while it was not. */
export function admission(incident: Incident): IncidentEvent | undefined {
  return lastEvent(incident, 'admit', 'done');
}

/** An evacuation that is proven stays open while it keeps its zone empty: nothing of it is under way. */
export function isHolding(incident: Incident): boolean {
  return (
    incident.move === 'evacuate-zone' &&
    incident.closedAt === null &&
    incident.events.some((e) => e.step === 'prove' && e.phase === 'done')
  );
}
