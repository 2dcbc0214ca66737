import type { Failure, Incident, Refusal, ServiceRegion, ServiceSettings } from '@evac/core';
import type { Cell, MoveInput, StepInput, StepResult } from '../contract.ts';
import { StepError } from './errors.ts';

/** How it stands with what a move is about: gone for sure, not clear, back, or in the hands of a larger move. */
export type Standing = 'confirmed' | 'waiting' | 'recovered' | 'subsumed';

/** The judgement that steps need and do not make themselves. */
export interface Judge {
  /** Every guard again, on fresh evidence. */
  admit(cell: Cell, input: MoveInput): Promise<{ ok: true } | { ok: false; refusal: Refusal }>;
  stillNeeded(cell: Cell, input: MoveInput): Promise<Standing>;
  /** Why the move's node fails; null where nobody can say. */
  failure(cell: Cell, input: MoveInput): Promise<Failure | null>;
}

/** Everything one run of one step may look at and touch. */
export interface StepContext {
  cell: Cell;
  input: MoveInput;
  settings: ServiceSettings;
  /** The cell's own region, as the service has it. */
  here: ServiceRegion;
  /** As read when the step began, and with what the step has written since. */
  incident: Incident;
  lease: StepInput['lease'];
  error: StepInput['error'];
  judge: Judge;
  /** Of the incident's subject; asked once, when the step began. */
  standing: Standing;
}

export type Step = (ctx: StepContext) => Promise<StepResult>;

/** Far longer than a step with all its retries: what expires it is an execution that is gone. */
export const leaseMs = 600_000;

export const go = (text: string): StepResult => ({ next: 'go', text });
export const stop = (text: string): StepResult => ({ next: 'stop', text });

/** The settings of a move's service, and of the service in this cell's region. */
export function settingsOf(cell: Cell, input: MoveInput): { settings: ServiceSettings; here: ServiceRegion } {
  const settings = cell.settings.services.find((s) => s.name === input.service);
  if (!settings) throw new StepError('GiveUp', `no service named ${input.service} is configured`);
  return { settings, here: regionOf(settings, cell.region) };
}

export function regionOf(settings: ServiceSettings, name: string): ServiceRegion {
  const region = settings.regions.find((r) => r.region === name);
  if (!region) throw new StepError('GiveUp', `service ${settings.name} has no region ${name}`);
  return region;
}
