import { AdaptiveRetryStrategy } from '@smithy/core/retry';
import type { RetryStrategyV2 } from '@smithy/types';
import { refusalOf } from './errors.ts';

/**
 * The SDK's adaptive strategy: backs off, and paces requests once it was throttled. It does not know that contention
 * passes too.
 */
export function retryingAll(attempts: number): RetryStrategyV2 {
  const adaptive: RetryStrategyV2 = new AdaptiveRetryStrategy(async () => attempts);
  return {
    acquireInitialRetryToken: (scope) => adaptive.acquireInitialRetryToken(scope),
    refreshRetryTokenForRetry: (token, info) =>
      adaptive.refreshRetryTokenForRetry(
        token,
        refusalOf(info.error) === 'contention' ? { ...info, errorType: 'TRANSIENT' } : info,
      ),
    recordSuccess: (token) => adaptive.recordSuccess(token),
  };
}

/** Adaptive too, but gives up where the act may have happened: whoever asked looks before asking again. */
export function retryingRefusals(attempts: number): RetryStrategyV2 {
  const all = retryingAll(attempts);
  return {
    ...all,
    async refreshRetryTokenForRetry(token, info) {
      if (refusalOf(info.error) === null) throw new Error('the act may have happened: not sent again');
      return all.refreshRetryTokenForRetry(token, info);
    },
  };
}
