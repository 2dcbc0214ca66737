import { bucketRequests, type DrillResult, type Run, type RunEvent, renderTable } from '@evac/console';
import type { Output } from '../output.ts';
import { type DrillOptions, writeReport } from './drill.ts';
import { play } from './play.ts';
import { findScenario, type Scenario } from './scenario.ts';
import { startShow, unicode } from './show.ts';
import { openStage, requestResult } from './stage.ts';

const acts = ['node-hang', 'zone-loss', 'region-loss'];

/** A node, a zone and a region in turn, each mended and failed back; returns the exit code. */
export async function runDemo(options: DrillOptions, output: Output): Promise<number> {
  output.progress('starting two regions …');
  const stage = await openStage({ intervalMs: options.interval, seed: options.seed, rate: options.rate });
  output.progress(null);
  const show = startShow(stage, output);
  const drills: DrillResult[] = [];
  try {
    for (const [i, scenario] of scenes().entries()) {
      show.title(`${scenario.name} (${i + 1} of ${acts.length}): ${scenario.about}`);
      drills.push(await play(stage, { scenario, target: null, failBack: true, onScene: show.scene }));
    }
    show.close();
    const run = runOf(drills, stage.startedAt, stage.results.map(requestResult));
    output.line(`\n${renderTable(drills, { color: output.color, ascii: !unicode() })}`);
    output.result({ passed: drills.every((d) => d.passed), drills });
    await writeReport(run, options.report, output);
    return drills.every((d) => d.passed) ? 0 : 1;
  } finally {
    show.close();
    await stage.end();
  }
}

function scenes(): Scenario[] {
  return acts.map(findScenario).filter((scenario) => scenario !== undefined);
}

function runOf(drills: DrillResult[], startedAt: number, requests: ReturnType<typeof requestResult>[]): Run {
  const series = bucketRequests(requests, startedAt);
  const events = drills.flatMap((d) =>
    d.events.map((e): RunEvent => ({ ...e, atMs: e.atMs + d.startedAt - startedAt })),
  );
  const durationMs = Math.max(0, ...drills.map((d) => d.startedAt + d.durationMs - startedAt));
  return { title: 'A node, a zone, a region', startedAt, durationMs, series, events, drills };
}
