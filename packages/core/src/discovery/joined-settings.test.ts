import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../config/index.ts';
import type { Settings } from '../settings.ts';
import { settings } from '../testing/snapshot.ts';
import { region, tagged, targetGroup } from '../testing/tagged.ts';
import { type JoinedService, joinServices, type TaggedGroup, withJoined } from './index.ts';

const configured: Settings = { controls: [], services: [settings()] };
function joined(group: TaggedGroup): JoinedService {
  const [service] = joinServices(region, [group], []).services;
  if (!service) throw new Error('nothing joined');
  return service;
}
const settingsOf = (group: TaggedGroup) => withJoined(configured, [joined(group)]).services[1];

describe('the settings of a service that joined by tags', () => {
  it('are those that the config would have given it', () => {
    const { settings: written } = resolveConfig({
      controls: ['https://one.example.com', 'https://two.example.com'],
      services: {
        'chat-8b': {
          preset: 'vllm',
          port: 8_000,
          model: 'Qwen/Qwen3-8B',
          regions: [
            {
              name: 'us-west-2',
              groups: ['chat-nodes'],
              endpoint: 'https://chat.example.com',
              zones: [
                { name: 'us-west-2a', id: 'usw2-az1' },
                { name: 'us-west-2b', id: 'usw2-az2' },
              ],
            },
          ],
          policy: { 'replace-node': 'approve', 'evacuate-zone': 'approve', 'fail-back': 'approve' },
        },
      },
    });
    const group = tagged({
      'evac:preset': 'vllm',
      'evac:model': 'Qwen/Qwen3-8B',
      'evac:policy': 'approve',
      'evac:endpoint': 'https://chat.example.com',
    });
    expect(settingsOf(group)).toEqual(written?.services[0]);
  });

  it('observe unless a tag says otherwise', () => {
    expect(settingsOf(tagged())?.policy).toEqual({
      'replace-node': 'observe',
      'evacuate-zone': 'observe',
      'fail-over-region': 'observe',
      'fail-back': 'observe',
    });
  });

  it('never fail a region over: tags make no name and no health check', () => {
    const policy = settingsOf(tagged({ 'evac:policy': 'automatic' }))?.policy;
    expect(policy).toMatchObject({ 'replace-node': 'automatic', 'fail-over-region': 'observe' });
  });

  it('ask without a preset what the load balancer asks, and no generation', () => {
    expect(settingsOf(tagged())).toMatchObject({
      preset: 'http',
      port: 8_000,
      shallow: { kind: 'http', path: '/health', assertions: [{ kind: 'status', from: 200, to: 299 }] },
      deep: null,
      progress: null,
    });
    const blind = tagged({}, { targetGroups: [targetGroup({ health: null, protocol: 'TCP' })] });
    expect(settingsOf(blind)).toMatchObject({ shallow: { kind: 'tcp' }, deep: null });
  });

  it('give a standby no weight', () => {
    expect(settingsOf(tagged({ 'evac:role': 'standby' }))?.regions[0]?.weight).toBe(0);
    expect(settingsOf(tagged({ 'evac:role': 'active' }))?.regions[0]?.weight).toBe(100);
  });

  it('are not taken where the config has the name by now', () => {
    const again = { ...joined(tagged({ 'evac:policy': 'automatic' })), name: settings().name };
    expect(withJoined(configured, [again])).toEqual(configured);
  });

  it('are left out where a newer version knows a preset that this one does not', () => {
    const stored: JoinedService = JSON.parse(JSON.stringify({ ...joined(tagged()), preset: 'vllm-2' }));
    expect(withJoined(configured, [stored])).toEqual(configured);
  });
});
