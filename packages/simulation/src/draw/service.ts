import { formatDuration, type MoveName, moveNames, type PolicyMode } from '@evac/core';
import type { DrawnWorld } from '../contract.ts';
import type { Dice } from './dice.ts';

const second = 1_000;
const minute = 60 * second;

/**
 * A service as its owner might write it, for a world that takes `startMs` from a launch to a loaded model. It has no
 * errors: an owner whose config has some gets no further than `evac validate`.
 */
export function drawService(
  dice: Dice,
  regions: DrawnWorld['regions'],
  startMs: number,
): Record<string, unknown> {
  const pace = drawPace(dice);
  const ttlMs = dice.pick([5, 10, 30, 30, 60]) * second;
  return {
    // The simulated servers speak as vLLM does; TensorRT-LLM has no progress counters.
    preset: dice.chance(0.9) ? 'vllm' : 'trtllm',
    model: 'sim-8b-instruct',
    regions: regions.map(({ name, weight, zones }) => ({
      name,
      weight,
      groups: [`chat-${name}`],
      endpoint: `https://chat.${name}.example.com`,
      zones,
    })),
    dns: {
      name: 'chat.example.com',
      control: dice.chance(0.65) ? 'switch' : 'records',
      ttl: formatDuration(ttlMs),
    },
    policy: drawPolicy(dice),
    deep: dice.chance(0.06) ? false : { kind: 'openai-stream', accepted: ['1, 2, 3'] },
    timing: drawTiming(dice, pace, ttlMs, startMs),
    thresholds: {
      drainAfter: pace.drainAfter,
      replaceAfter: pace.drainAfter + dice.pick([0, 1, 2, 2, 3]),
      healthyAfter: dice.pick([1, 2, 3, 3, 3, 5]),
      zoneM: pace.zoneM,
      ...sometimes(dice, 0.2, { zoneN: pace.zoneM + dice.whole(0, 12) }),
      ...sometimes(dice, 0.15, { zoneAlpha: dice.pick([1e-3, 1e-4, 1e-9]) }),
      ...sometimes(dice, 0.15, { zoneMinEffect: dice.pick([0.1, 0.3, 0.5]) }),
      ...sometimes(dice, 0.15, { zoneMinVolume: dice.pick([2, 4, 12]) }),
      ...sometimes(dice, 0.1, { zoneSlowFactor: dice.pick([2, 5]) }),
      ...sometimes(dice, 0.15, { fleetShare: dice.pick([0.34, 0.7, 1]) }),
    },
    limits: {
      cooldown: formatDuration(dice.pick([0.5, 1, 1, 2, 2, 5, 10]) * minute),
      failBackAfter: formatDuration(dice.pick([0.5, 0.5, 1, 1, 2, 5]) * minute),
      maxMovesPerHour: dice.pick([3, 10, 10, 50, 50, 50, 50, 50]),
      ...sometimes(dice, 0.3, { breakerAfter: dice.pick([1, 2, 5]) }),
      ...sometimes(dice, 0.3, { maxShare: dice.pick([0.1, 0.2, 0.5, 1]) }),
      ...sometimes(dice, 0.2, { cooldownGrowth: dice.pick([1, 1.5, 4]) }),
      ...sometimes(dice, 0.2, { capacityShare: dice.pick([0.2, 0.34, 0.67]) }),
      ...sometimes(dice, 0.3, { approval: formatDuration(dice.pick([1, 3, 5]) * minute) }),
    },
    ...sometimes(dice, 0.25, { restartFirst: true }),
    ...sometimes(dice, 0.2, { retire: 'keep' }),
    ...sometimes(dice, 0.3, { failBackStages: dice.pick([[100], [50, 100], [5, 25, 50, 75, 100]]) }),
    ...sometimes(dice, 0.1, { revisionMustMatch: false }),
  };
}

interface Pace {
  intervalMs: number;
  timeoutMs: number;
  fastMs: number;
  drainAfter: number;
  zoneM: number;
}

function drawPace(dice: Dice): Pace {
  const intervalMs =
    dice.weigh([
      [4, 2],
      [35, 5],
      [37, 10],
      [14, 15],
      [10, 30],
    ]) * second;
  return {
    intervalMs,
    timeoutMs: Math.min(intervalMs, dice.pick([1, 2, 3, 3]) * second),
    fastMs: Math.min(intervalMs, dice.pick([500, 1_000, 1_000, 2_000, 5_000])),
    drainAfter: dice.pick([1, 2, 2, 2, 2, 3]),
    zoneM: dice.pick([1, 2, 2, 2, 3]),
  };
}

function drawTiming(dice: Dice, pace: Pace, ttlMs: number, startMs: number): Record<string, string> {
  const { intervalMs, timeoutMs, fastMs, drainAfter, zoneM } = pace;
  const deepTimeoutMs = dice.pick([10, 15, 20]) * second;
  const deepIntervalMs = Math.max(deepTimeoutMs, intervalMs, dice.pick([15, 20, 30, 60]) * second);
  // What core/config/detection.ts calls the worst cases; a promise that is shorter is an error.
  const hangMs = intervalMs + (drainAfter - 1) * fastMs + drainAfter * timeoutMs;
  const zoneMs = zoneM * intervalMs + fastMs + 2 * timeoutMs;
  return {
    interval: formatDuration(intervalMs),
    timeout: formatDuration(timeoutMs),
    fastInterval: formatDuration(fastMs),
    deepInterval: formatDuration(deepIntervalMs),
    deepTimeout: formatDuration(deepTimeoutMs),
    noProgress: formatDuration(deepIntervalMs + dice.pick([0, 15, 30]) * second),
    // Whoever measured that the model loads sooner than the preset says, keeps a reserve.
    grace: formatDuration(minute + Math.ceil((startMs * dice.pick([1.5, 2, 3])) / second) * second),
    recovery: formatDuration(
      Math.ceil(Math.max(hangMs + ttlMs, zoneMs, dice.pick([1, 2, 2, 3]) * minute) / minute) * minute,
    ),
    ...sometimes(dice, 0.2, { fresh: formatDuration(dice.pick([2, 4, 6]) * (intervalMs + timeoutMs)) }),
  };
}

/** Mostly everything may act; where a person is asked, answers are among the troubles. */
function drawPolicy(dice: Dice): PolicyMode | Partial<Record<MoveName, PolicyMode>> {
  if (dice.chance(0.65)) return 'automatic';
  return Object.fromEntries(
    moveNames.map((move): [MoveName, PolicyMode] => [
      move,
      dice.weigh([
        [74, 'automatic'],
        [16, 'approve'],
        [10, 'observe'],
      ]),
    ]),
  );
}

function sometimes<T extends object>(dice: Dice, share: number, words: T): T | Record<string, never> {
  return dice.chance(share) ? words : {};
}
