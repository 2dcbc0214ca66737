import { httpAsk, minute, type Preset, postAsk, progressAsk, second, streamAsk, tcpAsk } from './preset.ts';

/** Platforms that run whatever model or code they are given: their deep question often has to be your own. */

export const triton: Preset = {
  port: 8000,
  // Ready answers 200 even after a CUDA assert (triton-inference-server/server#3627), and 400 when it is not ready, which
  // a wrong probe gets as well and which therefore never leads to a move: only an inference proves anything.
  shallow: httpAsk({ path: '/v2/health/ready' }),
  // The generate extension. A model with tensors of its own needs its own question to /v2/models/MODEL/infer.
  deep: postAsk(
    '/v2/models/{model}/generate',
    { text_input: '1 + 1 =', max_tokens: 8 },
    {
      timeoutMs: 20 * second,
      assertions: [
        { kind: 'status', from: 200, to: 299 },
        { kind: 'json-path', path: '$.text_output' },
      ],
    },
  ),
  progress: progressAsk({
    port: 8002,
    tokens: ['nv_inference_exec_count'],
    waiting: ['nv_inference_pending_request_count'],
  }),
  deepIntervalMs: 30 * second,
  drainAfter: 2,
  replaceAfter: 4,
  graceMs: 20 * minute,
};

export const bentoml: Preset = {
  port: 3000,
  shallow: httpAsk({ path: '/readyz' }),
  deep: streamAsk({}),
  // It counts requests, not tokens; while requests are stuck, none of them ends, the deep probe's neither.
  progress: progressAsk({
    tokens: ['bentoml_service_request_total'],
    running: ['bentoml_service_request_in_progress'],
  }),
  deepIntervalMs: 30 * second,
  drainAfter: 2,
  replaceAfter: 4,
  graceMs: 15 * minute,
};

export const rayServe: Preset = {
  port: 8000,
  shallow: httpAsk({ path: '/-/healthz' }),
  deep: streamAsk({}),
  // Ray exports metrics per Ray node on a port of its own.
  progress: null,
  deepIntervalMs: 30 * second,
  drainAfter: 2,
  replaceAfter: 4,
  graceMs: 15 * minute,
};

export const sagemaker: Preset = {
  port: 8080,
  // SageMaker itself gives /ping 2 s. A static 200 is allowed, so it proves little.
  shallow: httpAsk({ path: '/ping', timeoutMs: 2 * second }),
  deep: postAsk(
    '/invocations',
    { inputs: '1 + 1 =', parameters: { max_new_tokens: 8 } },
    { timeoutMs: 30 * second },
  ),
  progress: null,
  deepIntervalMs: 60 * second,
  drainAfter: 2,
  replaceAfter: 4,
  graceMs: 60 * minute,
  // A deep failure is confirmed after 60 s and two timeouts of 30 s.
  recoveryMs: 3 * minute,
};

/** Anything else that answers over HTTP: says nothing of itself but that its port is open. */
export const http: Preset = {
  port: 8080,
  shallow: tcpAsk({}),
  deep: postAsk('/predict', {}, { timeoutMs: 10 * second }),
  progress: null,
  deepIntervalMs: 30 * second,
  drainAfter: 3,
  replaceAfter: 5,
  graceMs: 10 * minute,
};
