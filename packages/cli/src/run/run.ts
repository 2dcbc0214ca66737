import { problemSentence } from '@evac/core/config';
import { seededRandom, systemClock } from '@evac/sim';
import { loadConfig } from '../load-config.ts';
import type { OrchestratorEvent } from '../orchestrator/event.ts';
import { orchestrate } from '../orchestrator/orchestrate.ts';
import { serviceOf, worldSettings } from '../orchestrator/world-settings.ts';
import type { Output } from '../output.ts';
import { createRecorder } from '../record/recorder.ts';
import { chooseWorld } from '../sim/choose-world.ts';
import { UserError } from '../user-error.ts';

export interface RunOptions {
  world?: string;
  config?: string;
  record?: string;
  seed: number;
}

/** Runs until it is told to end; returns the exit code. */
export async function runOrchestrator(options: RunOptions, output: Output): Promise<number> {
  const admin = await chooseWorld(options.world);
  const world = await admin.description().catch((error: Error) => {
    throw new UserError(error.message);
  });
  const config = options.config === undefined ? undefined : await loadConfig(options.config);
  const { settings, problems } = worldSettings(world, config);
  if (!settings) throw new UserError(problems.map(problemSentence).join('\n'), 1);

  const service = serviceOf(world, settings);
  const recorder =
    options.record === undefined
      ? null
      : await createRecorder({
          file: options.record,
          scale: world.scale,
          onError: ({ message }) =>
            process.stderr.write(`evac: nothing more is recorded in ${options.record}: ${message}\n`),
        });

  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => ending.abort());
  process.once('disconnect', () => ending.abort());
  process.channel?.unref();
  await orchestrate({
    world,
    settings,
    service,
    clock: systemClock(),
    random: seededRandom(options.seed),
    emit: (event) => tell(event, output),
    onJudgement: (judgement) => recorder?.record(judgement, service),
    signal: ending.signal,
  });
  await recorder?.close();
  return 0;
}

function tell(event: OrchestratorEvent, output: Output): void {
  if (output.json) process.stdout.write(`${JSON.stringify(event)}\n`);
  else
    output.line(
      `${new Date(event.at).toISOString().slice(11, 23)}  ${event.cell}  ${event.kind.padEnd(8)} ${lineOf(event)}`,
    );
}

/** The event without its time and place. */
function lineOf(event: OrchestratorEvent): string {
  switch (event.kind) {
    case 'verdict':
      return `${event.subject} is ${event.verdict}: ${event.text}`;
    case 'fleet':
      return `the fleet is ${event.verdict}: ${event.text}`;
    case 'move':
      return `${event.move} of ${event.subject} begins: ${event.text}`;
    case 'step':
      return `${event.incident}: ${event.state}`;
    default:
      return event.text;
  }
}
