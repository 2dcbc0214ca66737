import { describe, expect, test } from 'vitest';
import { configNames, whole } from './lib/configs.ts';
import { resourceDetails, resourceList } from './lib/list.ts';
import { joinsRegions, recorded } from './lib/recorded.ts';

describe.each(configNames)('%s', (name) => {
  test('creates these resources (vitest -u writes the list anew)', async () => {
    await expect(resourceList(recorded(name))).toMatchFileSnapshot(`expected/${name}.txt`);
  });
});

test('a region of the whole, with all that is asked of it', async () => {
  const { resources } = recorded(whole);
  const west = resources.filter((r) => r.region === 'us-west-2');
  await expect(resourceDetails({ resources: west })).toMatchFileSnapshot('expected/us-west-2.txt');
});

test('the other region is the same but for its names', () => {
  const lines = (region: string, label: string) =>
    resourceList({
      resources: recorded(whole).resources.filter((r) => r.region === region && !joinsRegions(r)),
    })
      .replaceAll(region, 'REGION')
      .replaceAll(label, 'LABEL')
      .split('\n')
      .map((line) => line.trim())
      .toSorted();
  expect(lines('us-east-1', 'UsEast1')).toEqual(lines('us-west-2', 'UsWest2'));
});
