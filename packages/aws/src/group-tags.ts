import {
  AutoScalingClient,
  type AutoScalingGroup,
  CreateOrUpdateTagsCommand,
  DeleteTagsCommand,
} from '@aws-sdk/client-auto-scaling';
import type { Clients } from './clients.ts';

/** What must outlive the process that acts on a group is written on the group itself. */
export function tagsOf(group: AutoScalingGroup): Map<string, string> {
  return new Map((group.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']));
}

export async function putTags(
  clients: Clients,
  group: string,
  tags: { key: string; value: string; onInstances?: boolean }[],
): Promise<void> {
  if (tags.length === 0) return;
  const command = new CreateOrUpdateTagsCommand({
    Tags: tags.map(({ key, value, onInstances = false }) => ({
      ...resource(group),
      Key: key,
      Value: value,
      PropagateAtLaunch: onInstances,
    })),
  });
  await clients.call('CreateOrUpdateTags', (options) =>
    clients.get(AutoScalingClient).send(command, options),
  );
}

export async function deleteTags(clients: Clients, group: string, keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  const command = new DeleteTagsCommand({ Tags: keys.map((Key) => ({ ...resource(group), Key })) });
  await clients.call('DeleteTags', (options) => clients.get(AutoScalingClient).send(command, options));
}

const resource = (group: string) => ({ ResourceId: group, ResourceType: 'auto-scaling-group' });
