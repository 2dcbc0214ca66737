import { describe, expect, it } from 'vitest';
import { resolveConfig } from './config/index.ts';
import { goodConfig } from './config/testing/good.ts';
import { scaleSettings } from './scale.ts';
import type { ServiceSettings } from './settings.ts';

function settings(change: Parameters<typeof goodConfig>[0] = {}): ServiceSettings {
  const [service] = resolveConfig(goodConfig(change)).settings?.services ?? [];
  if (!service) throw new Error('the config of this test has a mistake');
  return service;
}

/** Every number in it under a name that ends in Ms. */
function durations(value: unknown, path = ''): Record<string, number> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.entries(value).reduce((all, [key, inner]) => {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof inner === 'number') return key.endsWith('Ms') ? Object.assign(all, { [here]: inner }) : all;
    return Object.assign(all, durations(inner, here));
  }, {});
}

describe('scaleSettings', () => {
  it('makes every duration a fifth', () => {
    const service = settings({ shallow: { kind: 'http', expect: { latency: '500ms' } } });
    const [before, after] = [durations(service), durations(scaleSettings(service, 0.2))];
    expect(Object.keys(before).length).toBeGreaterThan(17);
    expect(after).toEqual(Object.fromEntries(Object.entries(before).map(([key, ms]) => [key, ms / 5])));
  });

  it('leaves everything else as it is', () => {
    const service = settings();
    expect(scaleSettings(service, 1)).toEqual(service);
    const { thresholds, policy, maintenance, regions } = scaleSettings(service, 0.2);
    expect({ thresholds, policy, maintenance, regions }).toEqual({
      thresholds: service.thresholds,
      policy: service.policy,
      maintenance: service.maintenance,
      regions: service.regions,
    });
  });

  it('never comes to zero, unless zero is meant', () => {
    const service = settings({ limits: { cooldown: '0s' } });
    const tiny = durations(scaleSettings(service, 1e-9));
    expect(tiny['limits.cooldownMs']).toBe(0);
    delete tiny['limits.cooldownMs'];
    expect(new Set(Object.values(tiny))).toEqual(new Set([1]));
  });

  it('leaves a certificate its own time', () => {
    const service = settings({
      deep: false,
      progress: false,
      shallow: { kind: 'tls', warnBeforeExpiry: '14d' },
    });
    const { shallow, deep, progress } = scaleSettings(service, 0.5);
    expect(shallow).toEqual({ ...service.shallow, timeoutMs: 1_500 });
    expect([deep, progress]).toEqual([null, null]);
  });

  it('does without DNS', () => {
    expect(scaleSettings({ ...settings(), dns: null }, 0.5).dns).toBeNull();
  });
});
