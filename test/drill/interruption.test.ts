import { setTimeout as sleep } from 'node:timers/promises';
import type { MoveName } from '@evac/core';
import { seededRandom } from '@evac/sim';
import { definitions } from '@evac/workflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missed, moved, openTestStage, type TestStage } from './stage.ts';

/**
 * The orchestrator is killed without a word as it enters a step, and started again: however far the step has got, all
 * ends as if nothing had been. Three steps of each drill, others every day; EVAC_KILL_SEED chooses again what another
 * day chose, and EVAC_KILL_ALL=1 takes every step by itself.
 */
const drills: { name: string; moves: [MoveName, ...MoveName[]]; launches: number }[] = [
  { name: 'node-crash', moves: ['replace-node'], launches: 1 },
  { name: 'zone-loss', moves: ['evacuate-zone', 'fail-back'], launches: 2 },
  { name: 'region-loss', moves: ['fail-over-region', 'fail-back'], launches: 6 },
];

const { EVAC_KILL_ALL, EVAC_KILL_SEED = Math.floor(Date.now() / 86_400_000) } = process.env;
const chosen = 3;

interface Point {
  move: MoveName;
  state: string;
}

/** Every step of these moves, in order; but not those of a move that is undone, waits for a person, or is another's. */
function points({ name, moves }: (typeof drills)[number]): Point[] {
  const kind = name.startsWith('zone') ? 'zone' : 'region';
  const others = {
    zone: /region|share|weights|switch|nodes that were|the node\b/,
    region: /zone|room|AZRebalance|the node\b/,
  };
  return moves.flatMap((move) => {
    const tasks = Object.entries(definitions()[move].States).filter(([, s]) => s.Type === 'Task');
    return tasks
      .map(([state]) => ({ move, state }))
      .filter(({ state }) => !/^Put the|^Look whether the restart|approved$|^Complete a person/.test(state))
      .filter(({ state }) => move !== 'fail-back' || !others[kind].test(state));
  });
}

function choose(all: Point[]): Point[][] {
  if (EVAC_KILL_ALL) return all.map((point) => [point]);
  const random = seededRandom(Number(EVAC_KILL_SEED));
  const order = all.map((point, i) => ({ point, i, by: random.next() })).toSorted((a, b) => a.by - b.by);
  return [
    order
      .slice(0, chosen)
      .toSorted((a, b) => a.i - b.i)
      .map(({ point }) => point),
  ];
}

let stage: TestStage;
beforeAll(async () => {
  // As slow as the demo: a release waits for these, on machines that are slower than any of ours.
  stage = await openTestStage({ intervalMs: 1_000, rate: 10 });
});
afterAll(() => stage.end());

describe.each(drills)('$name', (drill) => {
  const runs = choose(points(drill)).map((at) => ({ at, names: at.map((p) => p.state).join('; ') }));
  test.each(runs)('killed at: $names', { timeout: 480_000 }, async ({ at }) => {
    const over = new AbortController();
    const killing = killAt(at, over.signal);
    const { result, launchedIn } = await stage.drill(drill.name).finally(() => over.abort());
    expect(await killing).toEqual(at);

    expect(missed(result, { timed: false })).toEqual([]);
    const { subject } = result.moves.find((m) => m.move === drill.moves[0])!;
    expect(moved(result)).toEqual(drill.moves.map((move) => `${move} of ${subject}: recovered`));
    expect(launchedIn).toHaveLength(drill.launches);
    await stage.inOrder();
  });
});

/**
 * Kills the orchestrator as it enters each of these, in whatever order they come: an evacuation is closed beside its
 * fail-back. One that it comes to while it is being killed is one that it was killed at, and it may never come there
 * again. Resolves with those that it came to.
 */
async function killAt(at: Point[], over: AbortSignal): Promise<Point[]> {
  const hit = new Set<Point>();
  let seen = stage.events.length;
  const entered = () =>
    at.filter(
      (point) =>
        !hit.has(point) &&
        stage.events
          .slice(seen)
          .some(
            (e) => e.kind === 'step' && e.incident.startsWith(`${point.move}.`) && e.state === point.state,
          ),
    );
  while (hit.size < at.length && !over.aborted) {
    if (entered().length > 0) {
      await stage.orchestrator().kill();
      for (const point of entered()) hit.add(point);
      seen = stage.events.length;
      stage.startOrchestrator();
    } else await sleep(5);
  }
  return at.filter((point) => hit.has(point));
}
