import { seededRandom } from '@evac/sim';

/** Everything that is drawn is drawn with these, so that a seed decides all of it. */
export interface Dice {
  /** True in this share of all throws. */
  chance(share: number): boolean;
  /** Evenly from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  /** Throws a RangeError when there is nothing to pick from. */
  pick<T>(items: readonly T[]): T;
  /** One of the options, each as likely as its weight says. */
  weigh<T>(options: readonly (readonly [weight: number, option: T])[]): T;
  shuffle<T>(items: readonly T[]): T[];
}

/** The same throws for the same seed and purpose; two purposes of one seed have nothing in common. */
export function diceOf(seed: number, purpose: string): Dice {
  const random = seededRandom(mixed(seed, purpose));
  const whole = (min: number, max: number) => min + Math.floor(random.next() * (max - min + 1));
  const pick = <T>(items: readonly T[]): T => {
    const item = items[whole(0, items.length - 1)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  };
  return {
    chance: (share) => random.next() < share,
    whole,
    pick,
    weigh(options) {
      let left = random.next() * options.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, option] of options) {
        left -= weight;
        if (left < 0) return option;
      }
      return pick(options.filter(([weight]) => weight > 0))[1];
    },
    shuffle(items) {
      const rest = [...items];
      return items.flatMap(() => rest.splice(whole(0, rest.length - 1), 1));
    },
  };
}

/** The generator's first throws follow its seed closely, and seeds are drawn one after the other: murmur3's finaliser. */
function mixed(seed: number, purpose: string): number {
  let hash = seed | 0;
  for (const letter of purpose) hash = scrambled(hash ^ (letter.codePointAt(0) ?? 0));
  return scrambled(hash);
}

function scrambled(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
