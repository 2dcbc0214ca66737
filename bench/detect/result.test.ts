import { describe, expect, it } from 'vitest';
import { ours } from './course.ts';
import { faultClasses } from './fault.ts';
import type { Measured } from './measure.ts';
import { detectorNames } from './peers.ts';
import { conclude } from './result.ts';

const peer = 'Envoy failures 85%';

/** Ours names every zone after 7 s and nobody else does; no false alarm in 30 zone-years. */
function measured(change: { alarms?: Measured['alarms']; delays?: Record<string, number[]> } = {}): Measured {
  const trials = Array.from({ length: 1_200 }, (_, i) =>
    Object.fromEntries(
      detectorNames.map((name): [string, number | null] => {
        const delays = change.delays?.[name] ?? (name === ours ? [7_000] : []);
        return [name, delays[i % delays.length] ?? null];
      }),
    ),
  );
  return {
    zoneYears: 30,
    worlds: 700,
    alarms: change.alarms ?? { [peer]: 300 },
    trials: Object.fromEntries(faultClasses.map(({ id }) => [id, trials])),
  };
}

function met(of: Measured): boolean[] {
  const order = { seed: 1, zoneYears: 30, trials: 300 };
  return conclude(of, order, { minutes: 1, workers: 1 }).targets.map((target) => target.met);
}

describe('the targets', () => {
  it('are met by few alarms, prompt verdicts and nobody better', () => {
    expect(met(measured())).toEqual([true, true, true, true]);
  });
  it('miss where the false alarms could be one in a zone-year', () => {
    expect(met(measured({ alarms: { [ours]: 18, [peer]: 300 } }))[0]).toBe(true);
    expect(met(measured({ alarms: { [ours]: 21, [peer]: 300 } }))[0]).toBe(false);
  });
  it('miss where too few are found in time', () => {
    const delays = { [ours]: [...Array.from({ length: 99 }, () => 7_000), 21_000] };
    expect(met(measured({ delays })).slice(1, 3)).toEqual([false, true]);
    const slow = { [ours]: [...Array.from({ length: 9 }, () => 7_000), 61_000] };
    expect(met(measured({ delays: slow })).slice(1, 3)).toEqual([false, false]);
  });
  it('miss where somebody sooner has as few false alarms, and only then', () => {
    const delays = { [peer]: [5_000] };
    expect(met(measured({ delays }))[3]).toBe(true);
    expect(met(measured({ delays, alarms: {} }))[3]).toBe(false);
  });
});
