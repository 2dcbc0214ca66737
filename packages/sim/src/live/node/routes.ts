import type { Route } from './ask.ts';
import { chat } from './route/chat.ts';
import { completions } from './route/completions.ts';
import { health, healthGenerate, version } from './route/health.ts';
import { metrics } from './route/metrics.ts';
import { models } from './route/models.ts';
import { predict } from './route/predict.ts';

/** Everything the server answers, by method and path; paths of other servers than vLLM where a preset asks them. */
export const routes: ReadonlyMap<string, Route> = new Map([
  ['GET /health', health],
  ['GET /ping', health],
  ['GET /v2/health/live', health],
  ['GET /v2/health/ready', health],
  ['GET /health_generate', healthGenerate],
  ['GET /version', version],
  ['GET /v1/models', models],
  ['GET /metrics', metrics],
  ['POST /v1/chat/completions', chat],
  ['POST /v1/completions', completions],
  ['POST /predict', predict],
]);
