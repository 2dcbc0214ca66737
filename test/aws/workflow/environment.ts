import type { RegionName } from '@evac/core';
import { document } from '../world.ts';
import { askAws } from './plain-aws.ts';

export const table = 'evac';
const bus = 'evac';

/** What a region's functions are told when they are deployed, as far as it is the same in every rig. */
export async function environmentOf(url: string, region: RegionName): Promise<Record<string, string>> {
  const to = { service: 'sns', region, action: 'CreateTopic' };
  const { text } = await askAws(url, to, { Name: 'evac' });
  const topic = /<TopicArn>(.*)<\/TopicArn>/.exec(String(text))?.[1] ?? '';
  await askAws(url, { service: 'events', region, target: 'AWSEvents.CreateEventBus' }, { Name: bus });
  return {
    AWS_REGION: region,
    // By which the proxy knows whose call it is.
    AWS_ACCESS_KEY_ID: region,
    AWS_SECRET_ACCESS_KEY: 'test',
    EVAC_TABLE: table,
    EVAC_TOPICS: JSON.stringify({ info: topic, warning: topic, critical: topic }),
    EVAC_BUS: bus,
    EVAC_RESTART_DOCUMENT: document,
    POWERTOOLS_METRICS_NAMESPACE: 'Evac',
  };
}
