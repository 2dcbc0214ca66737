import { countRounds, type Health, type Observation, type Outcome, type ZoneRound } from '@evac/core';
import { outcomeOf } from './answer.ts';
import { createAnswering } from './answering.ts';
import type { Disturbance } from './disturbance.ts';
import type { Draw } from './draw.ts';
import { createFollowing } from './following.ts';
import type { Place, PlaceNode } from './place.ts';
import type { Counted } from './requests.ts';
import { createWindow } from './window.ts';
import { intervalMs, secondMs, type World } from './world.ts';

interface Batch {
  endsAt: number;
  vantage: number;
  asked: PlaceNode[];
  outcomes: Outcome[];
  /** Of each zone, nodes that are not followed and answered well. */
  well: number[];
}

export interface Probing {
  /** Probes one round; `told` is called whenever an observation has been folded in. Returns the zones' counts. */
  round(index: number, active: readonly Disturbance[], told: (now: number) => void): Counted[];
  health(): Health[];
  /** Of the zones in which something was amiss within the window; empty after a quiet time. */
  readonly rounds: readonly ZoneRound[];
  /** What the store would hold. */
  allRounds(now: number): ZoneRound[];
  /** Nothing is followed, and nothing that was is in the window. */
  readonly idle: boolean;
  /** When each vantage was last heard of. */
  readonly heardAt: readonly number[];
  /** As packages/workflow's judge asks before it looks closer: somebody finds fault, or has gone silent. */
  amiss(now: number): boolean;
  /** Nodes that failed somebody lately or are starting, by zone. */
  troubled(): number[];
  readonly starting: boolean;
  readonly quietUntil: number;
}

/**
 * Every zone's vantage asks every node, as packages/probe does: each interval, and what is in doubt again each second, a
 * tenth of the nodes at most. Outcomes go through the product's own foldHealth and countRounds. A node that nothing is
 * wrong with is not followed outcome by outcome, unless `whole` asks for it: what the product makes of good answers is
 * known, and course.test.ts shows that following all of them comes to the same.
 */
export function createProbing(world: World, place: Place, draw: Draw, from: number, whole: boolean): Probing {
  const { zones, phases } = world;
  const { service, vantages } = place;
  const window = createWindow(world, place, draw);
  const heardAt = phases.map((phase) => from - intervalMs + phase * intervalMs);
  const following = createFollowing(place, heardAt, window.latency);
  const answering = createAnswering(world, place, draw, from);
  let waiting: Batch[] = [];
  let eventfulUntil = whole ? Number.POSITIVE_INFINITY : from;
  let counts: Counted[] = [];

  function choose(begin: number, active: readonly Disturbance[]): void {
    if (!whole) following.leaveTheWell(begin);
    for (const node of answering.drawRound(begin)) following.follow(node);
    for (const d of active) {
      if (d.probes === 0 && !d.loading && !(d.slow !== 1 && d.nodes)) continue;
      const here = place.nodes[d.zone] ?? [];
      for (const i of d.nodes ?? here.keys()) following.follow(here[i]);
    }
    if (whole) for (const node of place.nodes.flat()) following.follow(node);
  }

  function step(vantage: number, t: number, routine: boolean, active: readonly Disturbance[]): void {
    const asked = following.due(vantage, t);
    if (asked.length === 0 && !routine) return;
    let endsAt = t;
    const outcomes = asked.map((node) => {
      const answer = answering.answer(node, vantage, t, active);
      const end = answer === 'hang' ? t + service.shallow.timeoutMs : t;
      following.asked(node, vantage, t, end);
      endsAt = Math.max(endsAt, end);
      const latencyMs = window.latency(node.zone) * answering.slowness(node, t, active);
      return outcomeOf(node, answer, end, latencyMs);
    });
    const well = zones.map(({ nodes }, zone) => (routine ? nodes - following.count(zone) : 0));
    waiting.push({ endsAt, vantage, asked, outcomes, well });
  }

  function deliver({ endsAt, vantage, asked, outcomes, well }: Batch): void {
    const by = vantages[vantage];
    if (!by) return;
    heardAt[vantage] = Math.max(heardAt[vantage] ?? 0, endsAt);
    const counting = asked.filter((node, i) => {
      const outcome = outcomes[i];
      if (!outcome) return false;
      add(node.zone, 1, outcome.class);
      return following.fold(node, vantage, outcome);
    });
    const observation: Observation = {
      service: service.name,
      vantage: by.id,
      region: by.region,
      zone: by.zone,
      at: endsAt,
      blind: false,
      outcomes,
    };
    const targets = counting.map(({ target }) => target);
    window.rounds = countRounds(window.rounds, observation, targets, service);
    well.forEach((nodes, z) => {
      add(z, nodes, 'ok');
      window.addWell(z, endsAt, vantage, nodes);
    });
  }

  function add(zone: number, nodes: number, found: Outcome['class']): void {
    const count = counts[zone];
    if (!count || (found !== 'ok' && found !== 'failed')) return;
    count.total += nodes;
    if (found === 'failed') count.failed += nodes;
  }

  function deliverUntil(now: number, told: (now: number) => void): void {
    if (waiting.length === 0) return;
    const ready = waiting.filter((b) => b.endsAt <= now).toSorted((a, b) => a.endsAt - b.endsAt);
    waiting = waiting.filter((b) => b.endsAt > now);
    for (const batch of ready) {
      deliver(batch);
      told(batch.endsAt);
    }
  }

  return {
    round(index, active, told) {
      const begin = index * intervalMs;
      counts = zones.map(() => ({ total: 0, failed: 0 }));
      choose(begin, active);
      const wasIdle = begin >= eventfulUntil;
      if (following.size > 0 || waiting.length > 0 || active.some((d) => d.slow !== 1 || d.silent))
        eventfulUntil = Math.max(eventfulUntil, begin + (service.thresholds.zoneN + 2) * intervalMs);
      if (begin >= eventfulUntil) {
        phases.forEach((phase, v) => {
          heardAt[v] = begin + phase * intervalMs;
        });
        window.rounds = [];
        return zones.map(({ nodes }) => ({ total: nodes * vantages.length, failed: 0 }));
      }
      if (wasIdle || window.rounds.length === 0) window.fillBefore(index);
      window.drawLatency(begin, active);
      for (const { t, vantage, routine } of stepsOf(begin, phases)) {
        if (!routine && following.size === 0) continue;
        deliverUntil(t, told);
        if (active.some((d) => d.silent && d.zone === vantage && d.from <= t && t < d.to)) continue;
        step(vantage, t, routine, active);
        deliverUntil(t, told);
      }
      return counts;
    },
    health: following.health,
    get rounds() {
      return window.rounds;
    },
    allRounds(now) {
      if (window.rounds.length === 0) window.fillBefore(Math.floor(now / intervalMs));
      return window.rounds;
    },
    get idle() {
      return window.rounds.length === 0;
    },
    heardAt,
    amiss: (now) => following.amiss || heardAt.some((at) => now - at > service.timing.freshMs),
    troubled: following.troubled,
    get starting() {
      return following.starting;
    },
    get quietUntil() {
      return following.size > 0 || waiting.length > 0 ? 0 : answering.quietUntil;
    },
  };
}

/** Each vantage's steps in one round, a second apart from where its routine falls, in order of time. */
function stepsOf(
  begin: number,
  phases: readonly number[],
): { t: number; vantage: number; routine: boolean }[] {
  const steps = phases.flatMap((phase, vantage) => {
    const routineAt = phase * intervalMs;
    return Array.from({ length: intervalMs / secondMs }, (_, i) => {
      const offset = (routineAt % secondMs) + i * secondMs;
      return { t: begin + offset, vantage, routine: Math.floor(routineAt / secondMs) === i };
    });
  });
  return steps.toSorted((a, b) => a.t - b.t);
}
