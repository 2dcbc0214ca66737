import { formatDuration } from '../../time.ts';
import { presets } from '../presets/index.ts';
import { error, type ServiceRule, warning } from './mistake.ts';

/** Durations that must fit into each other. */

const timeoutWithinInterval: ServiceRule = ({ timing, shallow }) => {
  const [timeout, interval] = [formatDuration(shallow.timeoutMs), formatDuration(timing.intervalMs)];
  if (shallow.timeoutMs <= timing.intervalMs) return [];
  return [
    error(
      'timing.timeout',
      timeout,
      `is longer than its interval, ${interval}: the next round would begin before this one has ended; ${interval} or less would be right, or an interval of ${timeout} or more`,
      ['timing.interval', 'shallow.kind'],
    ),
  ];
};

const deepTimeoutWithinInterval: ServiceRule = ({ timing, deep }) => {
  if (!deep || deep.timeoutMs <= timing.deepIntervalMs) return [];
  const [timeout, interval] = [formatDuration(deep.timeoutMs), formatDuration(timing.deepIntervalMs)];
  return [
    error(
      'timing.deepTimeout',
      timeout,
      `is longer than its interval (deepInterval), ${interval}: two generations would wait for one node; ${interval} or less would be right, or a deepInterval of ${timeout} or more`,
      ['timing.deepInterval', 'deep.kind'],
    ),
  ];
};

const fastWithinInterval: ServiceRule = ({ timing }) => {
  if (timing.fastIntervalMs <= timing.intervalMs) return [];
  const interval = formatDuration(timing.intervalMs);
  return [
    error(
      'timing.fastInterval',
      formatDuration(timing.fastIntervalMs),
      `is longer than the interval, ${interval}: a failure would be confirmed later than by the next round; ${interval} or less would be right`,
      ['timing.interval'],
    ),
  ];
};

const deepNotMoreOften: ServiceRule = ({ timing, deep }) => {
  if (!deep || timing.deepIntervalMs >= timing.intervalMs) return [];
  return [
    warning(
      'timing.deepInterval',
      formatDuration(timing.deepIntervalMs),
      `is shorter than the interval, ${formatDuration(timing.intervalMs)}: the expensive question would be asked more often than the cheap one; ${formatDuration(timing.intervalMs)} or more would be right`,
      ['timing.interval', 'deep.kind'],
    ),
  ];
};

const freshCoversRound: ServiceRule = ({ timing, shallow }) => {
  const fresh = formatDuration(timing.freshMs);
  if (timing.freshMs < timing.intervalMs) {
    const interval = formatDuration(timing.intervalMs);
    return [
      error(
        'timing.fresh',
        fresh,
        `is shorter than the interval, ${interval}: everything would be unknown between two rounds; ${formatDuration(3 * timing.intervalMs)} would be right`,
        ['timing.interval'],
      ),
    ];
  }
  const round = timing.intervalMs + shallow.timeoutMs;
  if (timing.freshMs >= round) return [];
  return [
    warning(
      'timing.fresh',
      fresh,
      `is shorter than the interval and the timeout together, ${formatDuration(round)}: one hanging target delays its round, and all the others would be unknown meanwhile; ${formatDuration(round)} or more would be right`,
      ['timing.interval', 'timing.timeout', 'shallow.kind'],
    ),
  ];
};

const noProgressCoversDeep: ServiceRule = ({ timing, progress, deep }) => {
  if (!progress || !deep || timing.noProgressMs >= timing.deepIntervalMs) return [];
  const interval = formatDuration(timing.deepIntervalMs);
  return [
    error(
      'timing.noProgress',
      formatDuration(timing.noProgressMs),
      `is shorter than deepInterval, ${interval}: a long prefill would be called a hang before one generation could show otherwise; ${interval} or more would be right`,
      ['timing.deepInterval', 'deep.kind', 'progress'],
    ),
  ];
};

const graceCoversLoad: ServiceRule = ({ timing, preset }) => {
  const { graceMs } = presets[preset];
  if (timing.graceMs >= graceMs) return [];
  const load = formatDuration(graceMs);
  return [
    warning(
      'timing.grace',
      formatDuration(timing.graceMs),
      `is shorter than a large model takes to load on ${preset}, ${load}: a node that is still loading would be replaced, and so would its replacement; ${load} or more would be right, or less if you have measured that yours loads sooner`,
    ),
  ];
};

const generationWithinTimeout: ServiceRule = ({ deep }) => {
  if (deep?.kind !== 'openai-stream') return [];
  const timeout = formatDuration(deep.timeoutMs);
  return [
    { path: 'deep.firstToken', ms: deep.firstTokenMs },
    { path: 'deep.longestGap', ms: deep.longestGapMs },
  ]
    .filter(({ ms }) => ms > deep.timeoutMs)
    .map(({ path, ms }) =>
      error(
        path,
        formatDuration(ms),
        `is longer than deepTimeout, ${timeout}, so it can never be reached; ${timeout} or less would be right`,
        ['timing.deepTimeout', 'deep.kind'],
      ),
    );
};

export const timingRules = [
  timeoutWithinInterval,
  deepTimeoutWithinInterval,
  fastWithinInterval,
  deepNotMoreOften,
  freshCoversRound,
  noProgressCoversDeep,
  graceCoversLoad,
  generationWithinTimeout,
];
