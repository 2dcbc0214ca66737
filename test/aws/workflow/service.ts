import type { RegionName, ServiceSettings } from '@evac/core';
import { resolveConfig } from '@evac/core/config';
import { dnsName } from '../names.ts';
import type { MotoRegion } from '../world.ts';
import { port } from './nodes.ts';

/** The rig's service as a config of its owner resolves it, but for what a rig's few rounds need. */
export function settingsOf(regions: MotoRegion[], endpoints: Map<RegionName, string>): ServiceSettings {
  const { settings, problems } = resolveConfig({
    controls: ['http://one.test', 'http://two.test'],
    services: {
      llm: {
        preset: 'vllm',
        model: 'sim-1',
        progress: false,
        policy: 'automatic',
        dns: { name: dnsName },
        regions: regions.map(({ name, group, zones }, i) => ({
          name,
          weight: i === 0 ? 100 : 0,
          groups: [group],
          endpoint: `http://${endpoints.get(name)}:${port}`,
          zones: zones.map((z) => ({ name: z.name, id: z.id })),
        })),
      },
    },
  });
  const only = settings?.services[0];
  if (!only) throw new Error(`the rig's settings have a mistake: ${JSON.stringify(problems)}`);
  // Here two rounds come after each wait, be it a minute: a window of a minute's rounds would be most of an hour, and
  // nothing is known to be well for longer than from one to the other.
  const thresholds = { ...only.thresholds, zoneM: 2, zoneN: 4 };
  return { ...only, thresholds, limits: { ...only.limits, failBackAfterMs: 5_000 } };
}
