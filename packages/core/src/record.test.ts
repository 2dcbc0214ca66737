import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { readLine, recordVersion } from './record.ts';
import { now, settings, snapshot } from './testing/snapshot.ts';

const kept = {
  kind: 'judgement',
  version: recordVersion,
  at: now,
  settings: 'abc',
  snapshot: snapshot(),
  decision: decide(snapshot(), settings(), now),
};
const used = { kind: 'settings', version: recordVersion, digest: 'abc', scale: 0.2, settings: settings() };

describe('a line of a record', () => {
  it('a judgement, as it was kept', () => {
    expect(readLine(JSON.parse(JSON.stringify(kept)))).toEqual({
      kind: 'judgement',
      judgement: kept,
      missing: [],
    });
  });
  it('settings, as they were kept', () => {
    expect(readLine(used)).toEqual({
      kind: 'settings',
      digest: 'abc',
      scale: 0.2,
      settings: settings(),
      missing: [],
    });
  });
  it('fields that a later version added are left alone', () => {
    const later = { ...kept, version: 9, mood: 'calm', snapshot: { ...kept.snapshot, weather: 'rain' } };
    expect(readLine(later)).toMatchObject({ judgement: later, missing: [] });
  });
  it('fields that an earlier version had not are named', () => {
    const { pauses: _, ...world } = snapshot();
    const health = world.health.map(({ started: __, ...rest }) => rest);
    expect(readLine({ ...kept, decision: null, snapshot: { ...world, health } })).toEqual({
      kind: 'judgement',
      judgement: null,
      missing: ['snapshot.health[].started', 'snapshot.pauses', 'decision (an object)'],
    });
    const { zoneM: ___, ...thresholds } = settings().thresholds;
    expect(readLine({ ...used, settings: { ...settings(), thresholds, regions: 3 } })).toMatchObject({
      settings: null,
      missing: ['settings.regions (a list)', 'settings.thresholds.zoneM'],
    });
  });
  it('null is a value where it may be one, and a service without dns is no gap', () => {
    expect(readLine({ ...kept, snapshot: { ...snapshot(), fleet: null, pauses: null } })).toMatchObject({
      missing: [],
    });
    expect(readLine({ ...used, settings: settings({ dns: null }) })).toMatchObject({ missing: [] });
    expect(readLine({ ...used, settings: null })).toMatchObject({ missing: ['settings (an object)'] });
    expect(readLine({ ...kept, snapshot: { ...snapshot(), targets: null } })).toMatchObject({
      missing: ['snapshot.targets (a list)'],
    });
  });
  it('what a decision does not read may be missing', () => {
    const { retire: _, preset: __, ...old } = settings();
    expect(readLine({ ...used, settings: old })).toMatchObject({ missing: [] });
  });
  it.each([[null], ['text'], [{}], [{ kind: 'weather' }], [{ kind: 'settings' }]])(
    '%j is none',
    (content) => {
      expect(readLine(content)).toEqual({ kind: 'other' });
    },
  );
});
