import { type Clock, type Random, regionName, type ServiceSettings, type Settings } from '@evac/core';
import { createProbe } from '@evac/probe';
import type { WorldDescription } from '@evac/sim';
import type { Judgement } from '@evac/workflow';
import type { OrchestratorEvent } from './event.ts';
import { runCell } from './run-cell.ts';

export interface Orchestration {
  world: WorldDescription;
  settings: Settings;
  service: ServiceSettings;
  clock: Clock;
  random: Random;
  emit(event: OrchestratorEvent): void;
  onJudgement?(judgement: Judgement): void;
  signal: AbortSignal;
}

/** Every region's cell against one world, until the signal aborts. The cells share nothing but this process. */
export async function orchestrate(options: Orchestration): Promise<void> {
  const { world, clock, random } = options;
  const probe = createProbe({ clock, random });
  const cells = world.regions.map((r) => runCell({ ...options, probe, region: regionName(r.name) }));
  await Promise.all(cells);
  probe.close();
}
