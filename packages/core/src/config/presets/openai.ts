import { httpAsk, minute, type Preset, progressAsk, second, streamAsk } from './preset.ts';

/** Servers that speak the OpenAI API and were built for one large model on a GPU. */

export const vllm: Preset = {
  port: 8000,
  // /health knows a dead engine (EngineDeadError), which /v1/models does not. The generation checks the model id.
  shallow: httpAsk({ path: '/health' }),
  deep: streamAsk({}),
  progress: progressAsk({
    tokens: ['vllm:generation_tokens_total', 'vllm:prompt_tokens_total'],
    running: ['vllm:num_requests_running'],
    waiting: ['vllm:num_requests_waiting'],
  }),
  deepIntervalMs: 30 * second,
  drainAfter: 2,
  replaceAfter: 4,
  graceMs: 20 * minute,
};

export const sglang: Preset = {
  port: 30000,
  // Its /health generates a token by default and fails during a long prefill (sgl-project/sglang#22511).
  shallow: httpAsk({ path: '/v1/models', timeoutMs: 5 * second }),
  deep: streamAsk({ timeoutMs: 25 * second, firstTokenMs: 15 * second }),
  // Served only with --enable-metrics.
  progress: progressAsk({
    tokens: ['sglang:generation_tokens_total', 'sglang:prompt_tokens_total'],
    running: ['sglang:num_running_reqs'],
    waiting: ['sglang:num_queue_reqs'],
  }),
  deepIntervalMs: 30 * second,
  drainAfter: 2,
  replaceAfter: 4,
  graceMs: 20 * minute,
};

export const tgi: Preset = {
  port: 8080,
  // After a failed generation its /health asks the model for a token, so it gets longer.
  shallow: httpAsk({ path: '/health', timeoutMs: 5 * second }),
  deep: streamAsk({}),
  // It counts tokens only when a request ends; its forward passes are what moves while one runs.
  progress: progressAsk({
    tokens: ['tgi_batch_inference_count', 'tgi_request_success'],
    running: ['tgi_batch_current_size'],
    waiting: ['tgi_queue_size'],
  }),
  deepIntervalMs: 30 * second,
  drainAfter: 2,
  replaceAfter: 4,
  graceMs: 20 * minute,
};

export const trtllm: Preset = {
  port: 8000,
  shallow: httpAsk({ path: '/health' }),
  deep: streamAsk({}),
  // trtllm-serve's /metrics is JSON of its own.
  progress: null,
  deepIntervalMs: 30 * second,
  drainAfter: 2,
  replaceAfter: 4,
  graceMs: 30 * minute,
};

export const dynamo: Preset = {
  port: 8000,
  // Not /live: it answers 503 under load (ai-dynamo/dynamo#12151) and restarted what was only busy.
  shallow: httpAsk({ path: '/health' }),
  deep: streamAsk({}),
  progress: null,
  deepIntervalMs: 30 * second,
  drainAfter: 2,
  replaceAfter: 4,
  graceMs: 30 * minute,
};

export const lmdeploy: Preset = {
  port: 23333,
  // A sleeping engine answers 200 and says so in the body.
  shallow: httpAsk({
    path: '/health',
    timeoutMs: 12 * second,
    assertions: [
      { kind: 'status', from: 200, to: 299 },
      { kind: 'body-excludes', text: 'sleeping' },
    ],
  }),
  // Its /health waits for the scheduler's tick, up to 12 s, so it cannot be asked every 5 s.
  intervalMs: 15 * second,
  deep: streamAsk({}),
  progress: progressAsk({
    tokens: ['lmdeploy:generation_tokens_total', 'lmdeploy:prompt_tokens_total'],
    running: ['lmdeploy:num_requests_running'],
    waiting: ['lmdeploy:num_requests_waiting'],
  }),
  deepIntervalMs: 30 * second,
  drainAfter: 2,
  replaceAfter: 4,
  graceMs: 20 * minute,
};
