import { type Route, revisionOf } from '../ask.ts';
import { beginGeneration } from '../generation.ts';
import { readPrompt } from '../prompt.ts';
import { reply } from '../reply.ts';

/** POST /v1/completions */
export const completions: Route = async (ask, context) => {
  const prompt = readPrompt(ask.body, context.model);
  const generation = beginGeneration(ask, context, prompt);
  if (!generation) return;
  await reply(ask, prompt, generation, {
    id: `cmpl-${crypto.randomUUID()}`,
    model: context.model,
    revision: revisionOf(context),
    object: 'text_completion',
    chunkObject: 'text_completion',
    opening: null,
    part: (text) => ({ text }),
    closing: { text: '' },
    whole: (text) => ({ text }),
  });
};
