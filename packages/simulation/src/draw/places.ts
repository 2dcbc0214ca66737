import { type RegionName, regionName, type ZoneName, zoneName } from '@evac/core';
import type { Dice } from './dice.ts';

export interface Place {
  name: RegionName;
  zones: { name: ZoneName; id: string }[];
}

/** Regions with the zones an account of today sees: letters, and the numbers of the zone IDs. */
const places = [
  { name: 'us-east-1', code: 'use1', letters: 'abcdef', numbers: [1, 2, 3, 4, 5, 6] },
  { name: 'us-west-2', code: 'usw2', letters: 'abcd', numbers: [1, 2, 3, 4] },
  { name: 'us-east-2', code: 'use2', letters: 'abc', numbers: [1, 2, 3] },
  { name: 'eu-west-1', code: 'euw1', letters: 'abc', numbers: [1, 2, 3] },
  { name: 'eu-central-1', code: 'euc1', letters: 'abc', numbers: [1, 2, 3] },
  { name: 'ap-northeast-1', code: 'apne1', letters: 'acd', numbers: [1, 2, 4] },
  { name: 'ap-northeast-2', code: 'apne2', letters: 'abcd', numbers: [1, 2, 3, 4] },
  { name: 'ap-southeast-2', code: 'apse2', letters: 'abc', numbers: [1, 2, 3] },
  { name: 'ca-central-1', code: 'cac1', letters: 'abd', numbers: [1, 2, 4] },
  { name: 'sa-east-1', code: 'sae1', letters: 'abc', numbers: [1, 2, 3] },
] as const;

const mostZones = Math.max(...places.map(({ letters }) => letters.length));

/** Mostly two regions of two or three zones; which letter is which building differs from account to account. */
export function drawPlaces(dice: Dice): Place[] {
  const regions = dice.weigh([
    [20, 1],
    [65, 2],
    [11, 3],
    [4, 4],
  ]);
  const zones = dice.weigh([
    [10, 1],
    [52, 2],
    [34, 3],
    [2, 4],
    [1, 5],
    [1, mostZones],
  ]);
  // Only one region has as many as five.
  const large = places.filter(({ letters }) => zones > 4 && letters.length >= zones);
  const others = dice.shuffle(places.filter((place) => !large.includes(place)));
  const chosen = dice.shuffle([...large, ...others].slice(0, regions));
  return chosen.map((place) => {
    const count = Math.max(1, Math.min(zones, place.letters.length) - (dice.chance(0.12) ? 1 : 0));
    const numbers = dice.shuffle<number>(place.numbers);
    return {
      name: regionName(place.name),
      zones: [...place.letters].slice(0, count).map((letter, i) => ({
        name: zoneName(`${place.name}${letter}`),
        id: `${place.code}-az${numbers[i]}`,
      })),
    };
  });
}
