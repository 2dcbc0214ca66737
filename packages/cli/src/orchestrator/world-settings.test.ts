import type { WorldDescription } from '@evac/sim';
import { describe, expect, it } from 'vitest';
import { serviceOf, worldConfig, worldSettings } from './world-settings.ts';

const region = (name: string, code: string, weight: number, host: string) => ({
  name,
  weight,
  api: `http://${host}:1`,
  endpoint: `http://${host}:2`,
  group: `chat-${name}`,
  zones: ['a', 'b'].map((letter, i) => ({
    name: `${name}${letter}`,
    id: `${code}-az${i + 1}`,
    controls: [`http://${host}:3/${letter}`],
  })),
  controls: [`http://${host}:4`, `http://${host}:5`],
  nodes: [],
});

const world = (change: Partial<WorldDescription> = {}): WorldDescription => ({
  admin: 'http://127.0.0.1:6',
  dns: { host: '127.0.0.1', port: 7 },
  global: 'http://127.0.0.1:8',
  service: 'chat',
  model: 'sim-8b',
  dnsName: 'chat.test',
  srv: false,
  ttlMs: 30_000,
  port: 2,
  scale: 1,
  regions: [region('us-west-2', 'usw2', 100, '127.0.0.2'), region('us-east-1', 'use1', 0, '127.0.0.3')],
  ...change,
});

/** The settings of the world's service; the test fails with the problems if there are none. */
function serviceIn(of: WorldDescription, config?: unknown) {
  const { settings, problems } = worldSettings(of, config);
  if (!settings) throw new Error(JSON.stringify(problems));
  return serviceOf(of, settings);
}

describe('the settings of a world', () => {
  it('have no mistake; the two waits that nobody would sit through are short on purpose', () => {
    expect(worldSettings(world()).problems.map((p) => [p.severity, p.path])).toEqual([
      ['warning', 'services.chat.timing.grace'],
      ['warning', 'services.chat.limits.failBackAfter'],
    ]);
  });

  it('know its name, its model, its regions and their zones', () => {
    const service = serviceIn(world());
    expect(service).toMatchObject({
      name: 'chat',
      model: 'sim-8b',
      dns: { name: 'chat.test', control: 'switch', ttlMs: 30_000 },
    });
    expect(service.regions).toEqual([
      {
        region: 'us-west-2',
        weight: 100,
        groups: ['chat-us-west-2'],
        endpoint: 'http://127.0.0.2:2',
        zones: [
          { name: 'us-west-2a', id: 'usw2-az1' },
          { name: 'us-west-2b', id: 'usw2-az2' },
        ],
      },
      {
        region: 'us-east-1',
        weight: 0,
        groups: ['chat-us-east-1'],
        endpoint: 'http://127.0.0.3:2',
        zones: [
          { name: 'us-east-1a', id: 'use1-az1' },
          { name: 'us-east-1b', id: 'use1-az2' },
        ],
      },
    ]);
  });

  it('have the controls of every region, and may do everything by themselves', () => {
    expect(worldSettings(world()).settings?.controls).toEqual([
      'http://127.0.0.2:4',
      'http://127.0.0.2:5',
      'http://127.0.0.3:4',
      'http://127.0.0.3:5',
    ]);
    expect(new Set(Object.values(serviceIn(world()).policy))).toEqual(new Set(['automatic']));
  });

  it('find out a fluent wrong answer', () => {
    const { deep } = serviceIn(world());
    expect(deep?.kind === 'openai-stream' && deep.accepted).toHaveLength(1);
  });

  it('run at the world’s own speed', () => {
    const [slow, fast] = [serviceIn(world()), serviceIn(world({ scale: 0.2 }))];
    expect(slow.timing.intervalMs).toBe(5_000);
    expect(fast.timing.intervalMs).toBe(1_000);
    expect(fast.limits.cooldownMs).toBe(slow.limits.cooldownMs / 5);
    expect(fast.shallow.timeoutMs).toBe(slow.shallow.timeoutMs / 5);
  });
});

describe('an owner’s own config', () => {
  const config = (service: string) => ({
    ...worldConfig(world()),
    services: { [service]: worldConfig(world()).services.chat },
  });

  it('is used in place of the world’s, at the world’s speed', () => {
    const own = config('chat');
    const slower = { ...own, services: { chat: { ...own.services.chat, timing: { interval: '10s' } } } };
    expect(serviceIn(world({ scale: 0.5 }), slower).timing.intervalMs).toBe(5_000);
  });

  it('with a mistake gives its problems and no settings', () => {
    const { settings, problems } = worldSettings(world(), { controls: [], services: { chat: {} } });
    expect(settings).toBeNull();
    expect(problems.map((p) => p.path)).toContain('services.chat.preset');
  });

  it('without the world’s service is a mistake that names both', () => {
    expect(() => serviceIn(world(), config('llm'))).toThrow(
      'the config has no service "chat", which is what this world serves; it has llm',
    );
  });
});
