import { httpAsk, minute, type Preset, progressAsk, second, streamAsk } from './preset.ts';

/** Servers that began on one person's machine: small models, CPU as well as GPU, slower to the first token. */

export const llamaCpp: Preset = {
  port: 8080,
  // 503 "Loading model" until the weights are in.
  shallow: httpAsk({ path: '/health' }),
  deep: streamAsk({ timeoutMs: 30 * second, firstTokenMs: 20 * second }),
  // Served only with --metrics.
  progress: progressAsk({
    tokens: ['llamacpp:tokens_predicted_total', 'llamacpp:prompt_tokens_total'],
    running: ['llamacpp:requests_processing'],
    waiting: ['llamacpp:requests_deferred'],
  }),
  deepIntervalMs: 30 * second,
  drainAfter: 2,
  replaceAfter: 4,
  graceMs: 10 * minute,
};

export const ollama: Preset = {
  port: 11434,
  shallow: httpAsk({ path: '/api/version' }),
  // It loads a model on the first question and unloads it when idle for 5 minutes: a first answer may take two.
  deep: streamAsk({ timeoutMs: 120 * second, firstTokenMs: 110 * second }),
  progress: null,
  // As long as its timeout, and short enough to keep the model loaded.
  deepIntervalMs: 120 * second,
  drainAfter: 3,
  replaceAfter: 5,
  graceMs: 10 * minute,
  // Three such timeouts in a row: a hang cannot be told from a load any sooner.
  recoveryMs: 10 * minute,
};
