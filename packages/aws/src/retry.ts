import { AdaptiveRetryStrategy } from '@smithy/core/retry';
import type { RetryStrategyV2 } from '@smithy/types';
import { isRefusal } from './errors.ts';

/** The SDK's adaptive strategy: backs off, and paces requests once it was throttled. */
export function retryingAll(attempts: number): RetryStrategyV2 {
  return new AdaptiveRetryStrategy(async () => attempts);
}

/** Adaptive too, but gives up where the act may have happened: whoever asked looks before asking again. */
export function retryingRefusals(attempts: number): RetryStrategyV2 {
  const all = retryingAll(attempts);
  return {
    acquireInitialRetryToken: (scope) => all.acquireInitialRetryToken(scope),
    async refreshRetryTokenForRetry(token, info) {
      if (!isRefusal(info.error)) throw new Error('the act may have happened: not sent again');
      return all.refreshRetryTokenForRetry(token, info);
    },
    recordSuccess: (token) => all.recordSuccess(token),
  };
}
