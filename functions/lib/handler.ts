import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { FunctionName } from './environment.ts';
import { createLog, unsaid } from './log.ts';
import { traced } from './trace.ts';

/** What a function's work is told of its run. */
export interface Run {
  log: Logger;
  /** Until Lambda ends the run, ms. */
  remainingMs(): number;
}

/**
 * A function's handler: its log carries the run's id, X-Ray its name, and an error leaves it without secrets or quoted
 * answers, since Lambda writes it to the log.
 */
export function createHandler<Answer>(
  name: FunctionName,
  work: (event: unknown, run: Run) => Promise<Answer>,
) {
  const log = createLog();
  // A run whose time is over has to be ended by Lambda, with all that it has under way: answered early, it would be frozen, and
  // would go on acting in the next run.
  return middy<unknown, Answer>({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(log, { logEvent: false, resetKeys: true }))
    .use(traced(name))
    .onError(({ error }) => clean(error))
    .handler((event: unknown, context: Context) =>
      work(event, { log, remainingMs: () => context.getRemainingTimeInMillis() }),
    );
}

/** In place: Step Functions matches an error by its name, so it has to stay the one it is. */
function clean(error: Error | null | undefined): void {
  if (!error) return;
  error.message = unsaid(error.message);
  if (error.stack !== undefined) error.stack = unsaid(error.stack);
  if (error.cause !== undefined) error.cause = undefined;
}
