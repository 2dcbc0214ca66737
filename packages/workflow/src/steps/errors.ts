import { PortError } from '@evac/core';

/** The execution's fencing token is stale: somebody else works on the incident. It stops without acting. */
export const supersededError = 'Superseded';

/**
 * Errors that are answers: a machine never retries them. `Subsumed`: a larger move took over. `Recovered`: what was to
 * be moved answers again. `Refused`: doing it would break a rule. `GiveUp`: it cannot be done, and the text says why.
 */
export const finalErrors = [supersededError, 'Subsumed', 'Recovered', 'Refused', 'GiveUp'] as const;
type FinalError = (typeof finalErrors)[number];

/** Step Functions matches `Retry` and `Catch` on an error's name. */
export class StepError extends Error {
  constructor(name: FinalError, message: string) {
    super(message);
    this.name = name;
  }
}

export function isPortError(error: unknown, ...codes: PortError['code'][]): error is PortError {
  return error instanceof PortError && codes.includes(error.code);
}

/** Lambda gives a Catch JSON with `errorMessage`; a local runner gives the bare message. */
export function causeText(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed) {
      return String(parsed.errorMessage);
    }
  } catch {
    // A bare message.
  }
  return cause;
}
