import { type Route, revisionOf, sendJson, sendText } from '../ask.ts';
import { beginGeneration } from '../generation.ts';

/** GET /health and its kin: the process lives, which is all that most servers say (vllm#36960). */
export const health: Route = ({ response }) => sendText(response, 200, '');

/** GET /health_generate, as SGLang has it: one token, really made. */
export const healthGenerate: Route = async (ask, context) => {
  const generation = beginGeneration(ask, context, { text: 'hi', maxTokens: 1 });
  if (!generation) return;
  for await (const _token of generation.tokens);
  if (!ask.signal.aborted) sendText(ask.response, 200, '');
};

/** GET /version */
export const version: Route = ({ response }, context) =>
  sendJson(response, 200, { version: revisionOf(context) });
