import type { HealthState, Incident } from '@evac/core';
import type { Bucket, RunEvent } from '../drill-result.ts';

/** What a person watches while a run goes on: plain data, whatever it was gathered from. */
export interface LiveView {
  /** "node-hang (1 of 4)" */
  title: string;
  /** Epoch ms: the clock of `incidents`. */
  now: number;
  /** Since the run began: the clock of `series`, `faults` and `events`. */
  elapsedMs: number;
  regions: LiveRegion[];
  /** Per second, oldest first; a second that is not there had no requests. Older ones than are shown do no harm. */
  series: Bucket[];
  /** Open ones are shown with their steps, closed ones in a line. */
  incidents: Incident[];
  /** Those that are on now. */
  faults: { name: string; target: string | null; onMs: number }[];
  /** All so far, oldest first; it only ever grows. What incidents tell of themselves need not be repeated here. */
  events: RunEvent[];
}

export interface LiveRegion {
  name: string;
  /** In DNS. */
  weight: number;
  /** DNS answers with it now. */
  answered: boolean;
  /** Its switch has taken it out. */
  switchedOff: boolean;
  zones: LiveZone[];
}

export interface LiveZone {
  name: string;
  evacuated: boolean;
  nodes: { id: string; state: LiveNodeState }[];
}

export type LiveNodeState = HealthState | 'draining' | 'evacuated';
