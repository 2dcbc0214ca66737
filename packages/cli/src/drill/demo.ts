import { bucketRequests, type DrillResult, type Run, type RunEvent, renderTable } from '@evac/console';
import type { Output } from '../output.ts';
import { writeReport } from './drill.ts';
import { onStage } from './on-stage.ts';
import { play } from './play.ts';
import { findScenario, type Scenario } from './scenario.ts';
import { unicode } from './show.ts';
import { requestResult, type StageOptions } from './stage.ts';

const acts = ['node-hang', 'zone-loss', 'region-loss'];

/** A node, a zone and a region in turn, each mended and failed back; returns the exit code. */
export async function runDemo(options: StageOptions & { report: string }, output: Output): Promise<number> {
  return onStage(options, output, async (stage, show) => {
    const drills: DrillResult[] = [];
    for (const [i, scenario] of scenes().entries()) {
      show.title(`${scenario.name} (${i + 1} of ${acts.length}): ${scenario.about}`);
      drills.push(await play(stage, { scenario, target: null, failBack: true, onScene: show.scene }));
    }
    show.close();
    const run = runOf(drills, stage.startedAt, stage.results.map(requestResult));
    const passed = drills.every((d) => d.passed);
    output.line(`\n${renderTable(drills, { color: output.color, ascii: !unicode() })}`);
    output.result({ passed, drills });
    await writeReport(run, options.report, output);
    return passed ? 0 : 1;
  });
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
