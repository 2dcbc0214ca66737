import { resolveConfig } from '@evac/core/config';
import { describe, expect, test } from 'vitest';
import { bill } from '../../packages/cli/src/cost/bill.ts';
import { fleetOf } from '../../packages/cli/src/cost/fleet.ts';
import { hours } from '../../packages/cli/src/cost/line.ts';
import { configNames } from './lib/configs.ts';
import type { Resource } from './lib/engine/recording.ts';
import { at, recorded } from './lib/recorded.ts';

/** What an alarm is billed for: each metric behind it. */
function metricsOf({ inputs }: Resource): number {
  const { metricQueries } = inputs;
  return Array.isArray(metricQueries) ? metricQueries.filter((q) => at(q, 'metric') !== null).length : 1;
}

/** `evac cost` must leave nothing out: its quantities are those of what is deployed. */
describe.each(configNames)('the bill of %s', (name) => {
  const { all, home } = recorded(name);

  async function quantities() {
    const { default: config } = await import(`${home}/evac.config.ts`);
    const { settings, installation } = resolveConfig(config);
    if (!settings || !installation) throw new Error(`${name} has mistakes`);
    const lines = bill(fleetOf(settings, installation, 50));
    const regions = settings.services.flatMap((s) => s.regions.map((r) => r.region));
    return {
      regions: [...new Set(regions)],
      of: (item: string, region: string | null) =>
        lines.find((l) => l.item === item && l.region === region)?.quantity ?? 0,
    };
  }

  test('counts every metric of an alarm, every alarm that joins others, and every schedule', async () => {
    const { regions, of } = await quantities();
    for (const region of regions) {
      const here = (type: string) => all(type).filter((r) => r.region === region);
      const metrics = here('MetricAlarm').reduce((sum, alarm) => sum + metricsOf(alarm), 0);
      expect(of('alarms', region), region).toBe(metrics);
      expect(of('alarms that join others', region), region).toBe(here('CompositeAlarm').length);
      expect(of('schedules', region), region).toBe(here('Schedule').length * hours * 60);
      expect(here('Schedule').map((s) => s.inputs.scheduleExpression)).toEqual(
        here('Schedule').map(() => 'rate(1 minute)'),
      );
    }
  });

  test('counts every dashboard, and every health check with what it costs more', async () => {
    const { of } = await quantities();
    expect(of('dashboard', null)).toBe(all('Dashboard').length);
    const checks = all('HealthCheck');
    const dear = checks.filter(({ inputs }) => inputs.type === 'HTTPS' && inputs.requestInterval === 10);
    expect(of('health checks', null)).toBe(checks.length);
    expect(of('health checks, options', null)).toBe(2 * dear.length);
    expect(checks.length - dear.length).toBe(
      checks.filter(({ inputs }) => inputs.type === 'CALCULATED').length,
    );
  });

  test('has every function that runs while nothing happens, with its memory', () => {
    const memory = (of: RegExp) =>
      new Set(
        all('Function').flatMap(({ inputs }) => (of.test(String(inputs.name)) ? [inputs.memorySize] : [])),
      );
    // packages/cli/src/cost: what the lines say of 128, 512, 256 and 128 MB.
    expect([...memory(/-probe-/)]).toEqual([128]);
    expect([...memory(/-decide$/)]).toEqual([512]);
    expect([...memory(/-discover$/)]).toEqual([256]);
    expect([...memory(/-switch$/)]).toEqual([128]);
  });
});
