import { type Route, sendJson } from '../ask.ts';
import { beginGeneration } from '../generation.ts';
import { parseObject } from '../prompt.ts';

/** POST /predict: a custom server's `{"input": "…"}` to `{"output": "…"}`. */
export const predict: Route = async (ask, context) => {
  const { input } = parseObject(ask.body);
  const prompt = { text: typeof input === 'string' ? input : JSON.stringify(input ?? null), maxTokens: 16 };
  const generation = beginGeneration(ask, context, prompt);
  if (!generation) return;
  const parts: string[] = [];
  for await (const token of generation.tokens) parts.push(token);
  if (!ask.signal.aborted) sendJson(ask.response, 200, { output: parts.join(''), model: context.model });
};
