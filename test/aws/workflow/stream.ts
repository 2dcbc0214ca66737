import type { RegionName } from '@evac/core';
import type { AwsCall } from '../proxy.ts';

/** As the table's stream tells of the observations that these calls have written. */
export function recordsOf(calls: readonly AwsCall[], region: RegionName): unknown[] {
  return calls
    .filter((c) => c.action === 'PutItem' && c.caller === `probe-${region}`)
    .map((c) => ({
      eventName: 'MODIFY',
      eventSource: 'aws:dynamodb',
      dynamodb: { NewImage: JSON.parse(c.body).Item },
    }));
}
