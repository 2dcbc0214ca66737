/** The part of the Amazon States Language (JSONPath) that the machines use: https://states-language.net/spec.html */
export type State = Task | Choice | Wait | Pass | Fail;

export interface Task {
  Type: 'Task';
  Comment: string;
  Resource: string;
  Parameters: { FunctionName: string; Payload: Record<string, unknown> & { step: string } };
  ResultSelector: Record<string, unknown>;
  ResultPath: string;
  TimeoutSeconds: number;
  Retry: Retrier[];
  Catch?: { ErrorEquals: string[]; ResultPath: string; Next: string }[];
  Next?: string;
  End?: true;
}

interface Retrier {
  ErrorEquals: string[];
  MaxAttempts: number;
  IntervalSeconds?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: 'FULL';
}

export interface Choice {
  Type: 'Choice';
  Comment: string;
  Choices: {
    Variable: string;
    StringEquals?: string;
    BooleanEquals?: boolean;
    IsPresent?: boolean;
    Next: string;
  }[];
  Default: string;
}

interface Wait {
  Type: 'Wait';
  Comment: string;
  SecondsPath: string;
  Next: string;
}

interface Pass {
  Type: 'Pass';
  Comment: string;
  Result: Record<string, unknown>;
  ResultPath: string;
  Next: string;
}

interface Fail {
  Type: 'Fail';
  Comment: string;
  Error: string;
  Cause: string;
}

export interface Machine {
  Comment: string;
  StartAt: string;
  TimeoutSeconds: number;
  States: Record<string, State>;
}
