import { type Incident, subjectName } from '@evac/core';
import type { Truth } from '../contract.ts';
import type { Testimonies, Testimony } from './testimony.ts';

/** From a vantage's word to the health that a decision reads: a stream and a judgement, as long as nothing is slow. */
export const foldMs = 5_000;

/** How many vantages say so, and how many could see it and do not. */
interface Count {
  wanted: 'good' | 'bad';
  /** Vantages that told what is wanted. */
  agreeing: string[];
  /** Vantages that told lately, and only the contrary. */
  contrary: string[];
  /** All that told lately, and those of them of whom a decision can know it. */
  seeing: number;
  heard: number;
}

interface Asked {
  wanted: Count['wanted'];
  now: number;
  withinMs: number;
  isBlind: Testimonies['isBlind'];
  /** Failures that a vantage must have seen; as many as stop new traffic, if left out. */
  failures?: number;
  /** Only who has asked the same since may contradict. */
  sameCheck?: true;
}

export function ballot(testimonies: Testimony[], asked: Asked, truth: Truth): Count {
  const { wanted, now, withinMs, failures = truth.service.thresholds.drainAfter } = asked;
  const from = now - withinMs;
  const agrees = (t: Testimony) =>
    (wanted === 'good' || t.failures >= failures || isOverdue(t, now, truth)) &&
    t.told.some((o) => o.at > from && isSo(o.class, wanted, t, now, truth));
  const freshFrom = now - truth.service.timing.freshMs;
  const saw = (t: Testimony, until: number) => t.told.some((o) => o.at > freshFrom && o.at <= until);
  const known = now - foldMs;
  const told = testimonies
    .filter(agrees)
    .flatMap((t) => t.told.filter((o) => o.at > from && isSo(o.class, wanted, t, now, truth)));
  const contradicts = (t: Testimony) =>
    !asked.sameCheck ||
    t.told.some((o) => o.at <= known && told.some((f) => f.check === o.check && o.at > f.at));
  const agreeing: string[] = [];
  const others: string[] = [];
  const heard: string[] = [];
  const contrary: string[] = [];
  for (const [vantage, all] of Map.groupBy(testimonies, (t) => t.vantage)) {
    if (all.some(agrees)) agreeing.push(vantage);
    else if (!asked.isBlind(vantage, now) && all.some((t) => saw(t, now))) {
      others.push(vantage);
      if (all.some((t) => saw(t, known))) heard.push(vantage);
      if (all.some(contradicts)) contrary.push(vantage);
    }
  }
  const seeing = agreeing.length + others.length;
  return { wanted, agreeing, contrary, seeing, heard: agreeing.length + heard.length };
}

export function isSo(
  found: Testimony['told'][number]['class'],
  wanted: Count['wanted'],
  testimony: Testimony,
  now: number,
  truth: Truth,
): boolean {
  if (wanted === 'good') return found === 'ok' || found === 'saturated';
  return found === 'failed' || (found === 'starting' && isOverdue(testimony, now, truth));
}

/** It has been loading for longer than a node may: by then that is a failure. Boot and two rounds come before. */
function isOverdue({ loadingSince, loaded }: Testimony, now: number, { service, scene }: Truth): boolean {
  const { graceMs, intervalMs } = service.timing;
  const isNews = loaded !== null && loaded.until > now - foldMs;
  const since = loadingSince ?? (isNews ? loaded.since : null);
  return since !== null && now - since >= graceMs - scene.world.bootMs - 2 * intervalMs - 10_000;
}

/** In words what a majority lacks; null if it lacks nothing. */
export function shortOf(
  { wanted, agreeing, contrary, seeing, heard }: Count,
  { subject }: Incident,
  { service }: Truth,
): string | null {
  // A lost zone silences its own vantage: there, two are wanted only of those that see.
  const inside = service.regions.find((r) => r.region === subject.region)?.zones.length ?? 0;
  const least = wanted === 'good' ? 1 : Math.min(2, subject.kind === 'node' ? inside : Math.max(1, heard));
  if (agreeing.length > contrary.length && agreeing.length >= least) return null;
  const names = (list: string[]) => (list.length === 0 ? 'none' : list.join(', '));
  return `only ${agreeing.length} of ${seeing} vantages that could see ${subjectName(subject)} had told ${wanted === 'bad' ? 'failures' : 'answers'} of it (${names(agreeing)}; against it: ${names(contrary)}), it takes a majority and at least ${least}`;
}
