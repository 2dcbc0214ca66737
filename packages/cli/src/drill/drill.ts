import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Run, renderReport, renderTable, runOfDrill } from '@evac/console';
import type { Output } from '../output.ts';
import { columns } from '../sim/columns.ts';
import { UserError } from '../user-error.ts';
import { play } from './play.ts';
import { findScenario, scenarios } from './scenario.ts';
import { startShow, unicode } from './show.ts';
import { openStage } from './stage.ts';

export interface DrillOptions {
  target?: string;
  interval: number;
  seed: number;
  rate: number;
  failBack: boolean;
  report?: string;
}

export function listDrills(output: Output): void {
  output.line(columns(scenarios.map((s) => [s.name, s.move ?? 'no move', s.about])));
  output.result(scenarios);
}

/** Runs one drill and returns the exit code: 0 when every promise was kept. */
export async function runDrill(
  name: string | undefined,
  options: DrillOptions,
  output: Output,
): Promise<number> {
  const scenario = name === undefined ? undefined : findScenario(name);
  if (!scenario) {
    const known = scenarios.map((s) => s.name).join(', ');
    throw new UserError(`${name === undefined ? 'name a drill' : `there is no drill "${name}"`}: ${known}`);
  }
  output.progress('starting two regions …');
  const stage = await openStage({ intervalMs: options.interval, seed: options.seed, rate: options.rate });
  output.progress(null);
  const show = startShow(stage, output);
  try {
    show.title(`${scenario.name}: ${scenario.about}`);
    const result = await play(stage, {
      scenario,
      target: options.target ?? null,
      failBack: options.failBack,
      onScene: show.scene,
    });
    show.close();
    output.line(`\n${renderTable([result], { color: output.color, ascii: !unicode() })}`);
    output.result(result);
    await writeReport(runOfDrill(result), options.report, output);
    return result.passed ? 0 : 1;
  } catch (error) {
    throw error instanceof Error && error.message.includes(' strikes a ')
      ? new UserError(error.message)
      : error;
  } finally {
    show.close();
    await stage.end();
  }
}

/** The page for people and the object for programs, side by side. */
export async function writeReport(run: Run, directory: string | undefined, output: Output): Promise<void> {
  if (directory === undefined) return;
  await mkdir(directory, { recursive: true });
  const page = path.join(directory, 'report.html');
  await writeFile(page, renderReport(run));
  await writeFile(path.join(directory, 'result.json'), `${JSON.stringify(run.drills, null, 2)}\n`);
  output.line(`report: ${page}`);
}
