import type { Alert, FleetVerdict, GuardName, IncidentId, MoveName, RegionName, Verb } from '@evac/core';

/** What the orchestrator tells as it goes: one JSON line each with `--json`. */
export type OrchestratorEvent = { at: number; cell: RegionName } & (
  | { kind: 'ready'; text: string }
  | { kind: 'verdict'; subject: string; verdict: string; text: string }
  | { kind: 'fleet'; verdict: FleetVerdict['verdict']; text: string }
  | { kind: 'move'; move: MoveName; subject: string; incident: IncidentId; verb: Verb; text: string }
  | { kind: 'resumed'; execution: string; text: string }
  | {
      kind: 'refused';
      move: MoveName;
      subject: string;
      guard: GuardName;
      because: string;
      unblock: string;
      text: string;
    }
  | { kind: 'alert'; alert: Alert['kind']; severity: Alert['severity']; text: string }
  | { kind: 'step'; incident: string; state: string; text: string }
  | { kind: 'error'; text: string }
);
