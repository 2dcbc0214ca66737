import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Run, renderReport, renderTable, runOfDrill } from '@evac/console';
import type { Output } from '../output.ts';
import { columns } from '../sim/columns.ts';
import { UserError } from '../user-error.ts';
import { onStage } from './on-stage.ts';
import { play } from './play.ts';
import { findScenario, scenarios } from './scenario.ts';
import { unicode } from './show.ts';
import type { StageOptions } from './stage.ts';

interface DrillOptions extends StageOptions {
  target?: string;
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
    const wrong = name === undefined ? 'name a drill' : `there is no drill named "${name}"`;
    throw new UserError(`${wrong}: there are ${known}`);
  }
  return onStage(options, output, async (stage, show) => {
    show.title(`${scenario.name}: ${scenario.about}`);
    const target = options.target ?? null;
    const { failBack } = options;
    const result = await play(stage, { scenario, target, failBack, onScene: show.scene });
    show.close();
    output.line(`\n${renderTable([result], { color: output.color, ascii: !unicode() })}`);
    output.result(result);
    await writeReport(runOfDrill(result), options.report, output);
    return result.passed ? 0 : 1;
  });
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
