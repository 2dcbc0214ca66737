import { Logger } from '@aws-lambda-powertools/logger';
import { redact } from '@evac/aws';
import type { MoveInput } from '@evac/workflow';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * Structured logs without secrets, and without what is quoted: an outcome's sentence quotes the server's answer, the one
 * expected, and with it the prompt's.
 */
export function createLog(): Logger {
  return new Logger({
    serviceName: 'evac',
    jsonReplacerFn: (_, value) => (typeof value === 'string' ? unsaid(value) : value),
  });
}

/** The same log with what a reader searches by: the inference service stands as `service`, as Powertools names it. */
export function logOf(
  log: Logger,
  about: { service: string; incident?: string; move?: string; step?: string; execution?: string },
): Log {
  const { service, ...keys } = about;
  return log.createChild({ serviceName: service, persistentKeys: keys });
}

/** What identifies a step's run in a log. */
export function aboutStep(call: { step: string; execution: string; input: MoveInput }) {
  const { step, execution, input } = call;
  return { service: input.service, incident: input.incident, move: input.move, step, execution };
}

/** A text without secrets and without anything between double quotes, cut short or not. */
export function unsaid(text: string): string {
  return redact(text).replace(/"(?:[^"\\]|\\.)*(?:"|$)/g, '"…"');
}
