import type { DrillResult, PromiseResult } from '@evac/console';
import { serviceName } from '@evac/core';
import { connectStore } from '@evac/sim';
import { expect } from 'vitest';
import { play } from '../../packages/cli/src/drill/play.ts';
import { findScenario } from '../../packages/cli/src/drill/scenario.ts';
import { openStage, type Stage } from '../../packages/cli/src/drill/stage.ts';
import type { Scene } from '../../packages/cli/src/drill/watch-scene.ts';

/**
 * A stage that takes one drill after the other: a world, its orchestrator and its load, in processes of their own.
 * Each drill is mended and failed back, and the next begins when everything is as it was.
 */
export interface TestStage extends Stage {
  drill(name: string, onScene?: (scene: Scene) => void): Promise<Drilled>;
  /** Resolves once the world is as it was in the beginning; rejects with what is not. */
  inOrder(): Promise<void>;
}

interface Drilled {
  result: DrillResult;
  /** Everything that the cloud launched meanwhile, by zone. */
  launchedIn: string[];
  /** Everything that it ended. */
  terminated: string[];
}

/**
 * Ten times faster than life. Below that, what does not scale (a process that is scheduled late, a timer, a round trip)
 * becomes a large part of an interval when both cores are busy.
 */
const shortMs = 500;

/** In intervals. Whoever does not wait long enough takes what is slow for what never comes. */
const patience = 120;

export async function openTestStage({ intervalMs = shortMs, rate = 20 } = {}): Promise<TestStage> {
  const stage = await openStage({ intervalMs, seed: 1, rate });
  const order = await stateOf(stage);
  const inOrder = () =>
    expect.poll(() => stateOf(stage), { timeout: patience * intervalMs, interval: 50 }).toEqual(order);
  return Object.assign(stage, {
    inOrder,
    async drill(name: string, onScene?: (scene: Scene) => void) {
      const scenario = findScenario(name);
      if (!scenario) throw new Error(`there is no drill named ${name}`);
      await inOrder();
      const before = (await stage.admin.events(0)).at(-1)?.seq ?? 0;
      const result = await play(stage, {
        scenario,
        target: null,
        failBack: true,
        patience,
        ...(onScene && { onScene }),
      });
      const since = await stage.admin.events(before);
      return {
        result,
        launchedIn: since.flatMap((e) => (e.kind === 'node-launched' ? String(e.zone) : [])),
        terminated: since.flatMap((e) => (e.kind === 'node-terminated' ? String(e.node) : [])),
      };
    },
  });
}

/** Everything that a move changes and that has to be as it was in the end, and what the vantages find. */
async function stateOf(stage: Stage) {
  const { faults, regions } = stage.view();
  const found = await Promise.all(stage.world.regions.map(({ api }) => findings(stage.world.service, api)));
  return {
    faults,
    found: [...new Set(found.flat())],
    regions: regions.map((region) => ({
      name: region.name,
      weight: region.weight,
      answered: region.answered,
      desired: region.desired,
      suspended: region.suspended,
      open: region.incidents.filter((i) => i.closedAt === null).map((i) => i.id),
      zones: region.zones.map(({ name, shifted }) => ({
        name,
        shifted,
        nodes: region.nodes.filter((n) => n.zone === name).map((n) => `${n.lifecycle}, ${n.target}`),
      })),
    })),
  };
}

/** What the last checks of all targets came to, as a region's cell keeps it. */
async function findings(service: string, api: string): Promise<string[]> {
  const { health } = await connectStore(api).readHealth({ service: serviceName(service) });
  return health.flatMap((h) => [h.state, ...Object.values(h.checks).map((check) => check.lastClass)]);
}

/** What a busy machine takes longer does not shrink with the interval as the limits do: at life's pace it is half of the least. */
const machineMs = 5_000;

/** Promises that were missed, with their numbers; `timed: false` leaves out those about time. */
export function missed({ promises }: DrillResult, { timed = true } = {}) {
  const inTime = ({ limitMs, actualMs }: PromiseResult) =>
    limitMs !== null && (!timed || (actualMs !== null && actualMs <= limitMs + machineMs));
  return promises.filter((p) => !p.held && !inTime(p));
}

/**
 * What moved, and how it ended; not what was refused as it began, nor what was taken back, such as a node that was drained
 * before there was evidence on its zone. Whether that was in order is one of the promises.
 */
export function moved({ moves }: DrillResult): string[] {
  return moves
    .filter((m) => !['refused', 'reverted', 'subsumed'].includes(m.outcome ?? ''))
    .map((m) => `${m.move} of ${m.subject}: ${m.outcome}`);
}
