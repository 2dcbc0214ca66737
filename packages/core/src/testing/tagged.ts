import type { SeenTargetGroup, TaggedGroup } from '../discovery/index.ts';
import { regionName, zoneId, zoneName } from '../ids.ts';

export const region = regionName('us-west-2');

/** Nothing is wrong with it; a test spoils one thing. */
export function tagged(
  tags: Record<string, string> = {},
  change: Partial<Omit<TaggedGroup, 'tags'>> = {},
): TaggedGroup {
  return {
    name: 'chat-nodes',
    tags: new Map(Object.entries({ 'evac:service': 'chat-8b', ...tags })),
    zones: ['a', 'b'].map((z, i) => ({ name: zoneName(`us-west-2${z}`), id: zoneId(`usw2-az${i + 1}`) })),
    targetGroups: [targetGroup()],
    ...change,
  };
}

export function targetGroup(change: Partial<SeenTargetGroup> = {}): SeenTargetGroup {
  return {
    name: 'chat',
    protocol: 'HTTP',
    port: 8_000,
    health: { path: '/health', from: 200, to: 299 },
    endpoints: ['http://chat-1.us-west-2.elb.amazonaws.com'],
    hidden: null,
    unmarked: [],
    ...change,
  };
}
