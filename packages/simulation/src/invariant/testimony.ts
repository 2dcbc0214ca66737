import type { Observation, Outcome, Target, ZoneRound } from '@evac/core';
import type { Call, Truth } from '../contract.ts';
import { type Ended, isCall, succeeded } from './call.ts';

/** One answer that a vantage wrote down, and when the store took it. */
export interface Told {
  at: number;
  class: Outcome['class'];
  reason: Outcome['reason'];
  check: Outcome['check'];
  latencyMs: number;
}

/** All that one vantage has told of one target. */
export interface Testimony {
  vantage: string;
  region: string;
  /** Null: it stands outside of the VPC. */
  zone: string | null;
  target: string;
  told: Told[];
  /** Failed outcomes ever, each counted once. */
  failures: number;
  /** Since when it has said "loading", and had no answer: not to be reached for a while does not end it. Null while it does not. */
  loadingSince: number | null;
  /** Since when it had, and when it said something else at last. */
  loaded: { since: number; until: number } | null;
}

/**
 * Every observation that a store took, as it was written, and what load balancers counted: nothing folded or judged. What
 * a vantage tells of targets that it asked while it reached nothing is no testimony, whatever it says.
 */
export interface Testimonies {
  note(call: Call, ended: Ended, truth: Truth): void;
  /** The rounds of clients' requests that a cell last read from its load balancer. */
  requestsTo(region: string): ZoneRound[];
  /** What the store of `region` was told of a target, by vantage. */
  of(region: string, target: string): Testimony[];
  /** The nodes of a zone, as the cell last told its vantages to ask. */
  nodesOf(region: string, zone: string): Target[];
  /** When a vantage of the region that sees the world last told anything; null if never. */
  lastWordAt(region: string): number | null;
  /** True if the last thing that a vantage had told by then is that it cannot see the world. */
  isBlind(vantage: string, at: number): boolean;
}

/** What nobody will ask for is forgotten when there is so much of it, so that not every word goes through them all. */
const atLeast = 50;

/** `keptMs`: how far back anybody will ask. */
export function createTestimonies(keptMs: number): Testimonies {
  const all = new Map<string, Map<string, Testimony>>();
  const targets = new Map<string, Target[]>();
  const lastWord = new Map<string, number>();
  const sight = new Map<string, { at: number; blind: boolean }[]>();
  const requests = new Map<string, ZoneRound[]>();

  function testimonyOf(region: string, observation: Observation, target: string): Testimony {
    const key = `${region} ${target}`;
    const known = all.get(key) ?? new Map<string, Testimony>();
    all.set(key, known);
    const { vantage, zone } = observation;
    const testimony = known.get(vantage) ?? {
      vantage,
      region: observation.region,
      zone,
      target,
      told: [],
      failures: 0,
      loadingSince: null,
      loaded: null,
    };
    known.set(vantage, testimony);
    return testimony;
  }

  function noteSight({ vantage, blind }: Observation, at: number): void {
    const known = sight.get(vantage) ?? [];
    sight.set(vantage, known);
    if ((known.at(-1)?.blind ?? false) !== blind) known.push({ at, blind });
  }

  return {
    note(call, ended, truth) {
      if (isCall(call, 'balancer', 'traffic') && succeeded(ended, call)) {
        requests.set(call.region, ended.result);
      }
      if (isCall(call, 'store', 'writeTargets')) targets.set(call.region, call.ask.targets);
      if (!isCall(call, 'store', 'putObservation')) return;
      const observation = call.ask;
      noteSight(observation, call.at);
      if (!observation.blind) lastWord.set(call.region, call.at);
      for (const outcome of observation.outcomes) {
        if (outcome.class === 'unknown' || wasBlind(observation, outcome, truth)) continue;
        const testimony = testimonyOf(call.region, observation, outcome.target);
        const { told } = testimony;
        if (outcome.class === 'failed') testimony.failures += 1;
        if (outcome.class === 'starting') testimony.loadingSince ??= call.at;
        else if (testimony.loadingSince !== null && outcome.class !== 'failed') {
          testimony.loaded = { since: testimony.loadingSince, until: call.at };
          testimony.loadingSince = null;
        }
        const { reason, check, latencyMs } = outcome;
        told.push({ at: call.at, class: outcome.class, reason, check, latencyMs });
        const from = call.at - keptMs;
        if ((told[atLeast]?.at ?? from) < from)
          told.splice(
            0,
            told.findIndex((t) => t.at >= from),
          );
      }
    },
    of: (region, target) => [...(all.get(`${region} ${target}`)?.values() ?? [])],
    nodesOf: (region, zone) =>
      (targets.get(region) ?? []).filter((t) => t.kind === 'node' && t.zone === zone),
    requestsTo: (region) => requests.get(region) ?? [],
    isBlind: (vantage, at) => sight.get(vantage)?.findLast((s) => s.at <= at)?.blind ?? false,
    lastWordAt: (region) => lastWord.get(region) ?? null,
  };
}

/** A vantage asks so many at once; the others have to wait, and it asked its controls when it began. */
const atOnce = 50;
const roundMs = 30_000;

function wasBlind({ vantage, region }: Observation, { at, latencyMs }: Outcome, truth: Truth): boolean {
  const since = truth.blindSince(vantage);
  if (since === null) return false;
  const { regions, skewMs } = truth.scene.world;
  const here = regions.find((r) => r.name === region);
  const nodes = (here?.nodesPerZone ?? 0) * (here?.zones.length ?? 0);
  return at - latencyMs - (skewMs[region] ?? 0) > since + (nodes > atOnce ? roundMs : 0);
}
