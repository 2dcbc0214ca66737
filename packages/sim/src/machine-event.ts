/** One line of an execution's history, as aws-local-stepfunctions logs it. */
export interface ExecutionLog {
  type: string;
  timestamp: number;
  state?: { name: string };
  Error?: string;
  Cause?: unknown;
}

const kinds = {
  ExecutionStarted: 'started',
  ExecutionSucceeded: 'succeeded',
  ExecutionFailed: 'failed',
  ExecutionAborted: 'aborted',
  ExecutionTimeout: 'timed-out',
  StateEntered: 'state-entered',
  StateExited: 'state-exited',
  StateFailed: 'state-failed',
  StateRetried: 'state-retried',
  StateCaught: 'state-caught',
} as const;

export interface MachineEvent {
  at: number;
  machine: string;
  execution: string;
  kind: (typeof kinds)[keyof typeof kinds];
  /** Null for what concerns the execution as a whole. */
  state: string | null;
  error: { Error: string; Cause: string } | null;
}

/** The event in our words; null for those of a Map's or Parallel's parts. */
export function machineEvent(machine: string, execution: string, log: ExecutionLog): MachineEvent | null {
  const kind = Object.entries(kinds).find(([type]) => type === log.type)?.[1];
  if (kind === undefined) return null;
  const cause = typeof log.Cause === 'string' ? log.Cause : JSON.stringify(log.Cause ?? '');
  const error = log.Error === undefined ? null : { Error: log.Error, Cause: cause };
  return { at: log.timestamp, machine, execution, kind, state: log.state?.name ?? null, error };
}

export function isExecutionEnd({ kind }: MachineEvent): boolean {
  return kind === 'succeeded' || kind === 'failed' || kind === 'aborted' || kind === 'timed-out';
}
