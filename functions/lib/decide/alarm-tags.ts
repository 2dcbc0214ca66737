import { CloudWatchClient, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch';
import type { PortContext } from '@evac/aws';

/** An alarm's tags. Rejects with a PortError. */
export async function alarmTags({ clients }: PortContext, arn: string): Promise<Record<string, string>> {
  const command = new ListTagsForResourceCommand({ ResourceARN: arn });
  const { Tags = [] } = await clients.call('ListTagsForResource', (options) =>
    clients.get(CloudWatchClient).send(command, options),
  );
  return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
