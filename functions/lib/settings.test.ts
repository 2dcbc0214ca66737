import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { regionName } from '@evac/core';
import { afterAll, describe, expect, it } from 'vitest';
import { settings, west } from '../../packages/core/src/testing/snapshot.ts';
import { readSettings, servicesIn } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'evac-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (text: string) => {
  const path = join(folder, 'settings.json');
  writeFileSync(path, text);
  return path;
};

describe('the settings beside a function', () => {
  it('are read as they were written when deploying', () => {
    const whole = { controls: [], services: [settings()] };
    expect(readSettings(written(JSON.stringify(whole)))).toEqual(whole);
  });

  it.each([
    ['{', 'cannot be read: '],
    ['[]', 'holds no settings: services and controls'],
    ['{"services": []}', 'holds no settings: services and controls'],
  ])('that are %s are refused', (text, why) => {
    expect(() => readSettings(written(text))).toThrow(why);
  });

  it('that are not there are refused, by the variable’s name', () => {
    expect(() => readSettings('/nowhere.json')).toThrow(
      'EVAC_SETTINGS is /nowhere.json, which cannot be read',
    );
  });

  it('give a region the services that have a part in it', () => {
    const whole = { controls: [], services: [settings()] };
    expect(servicesIn(west, whole)).toHaveLength(1);
    expect(servicesIn(regionName('eu-west-1'), whole)).toEqual([]);
  });
});
