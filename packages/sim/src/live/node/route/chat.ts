import { type Route, revisionOf } from '../ask.ts';
import { beginGeneration } from '../generation.ts';
import { readPrompt } from '../prompt.ts';
import { reply } from '../reply.ts';

/** POST /v1/chat/completions */
export const chat: Route = async (ask, context) => {
  const prompt = readPrompt(ask.body, context.model);
  const generation = beginGeneration(ask, context, prompt);
  if (!generation) return;
  await reply(ask, prompt, generation, {
    id: `chatcmpl-${crypto.randomUUID()}`,
    model: context.model,
    revision: revisionOf(context),
    object: 'chat.completion',
    chunkObject: 'chat.completion.chunk',
    opening: { delta: { role: 'assistant', content: '' } },
    part: (text) => ({ delta: { content: text } }),
    closing: { delta: {} },
    whole: (text) => ({ message: { role: 'assistant', content: text, refusal: null } }),
  });
};
