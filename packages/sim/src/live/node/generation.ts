import { answerTo, countTokens, garbage, wrongAnswerTo } from './answer.ts';
import type { Ask, NodeContext } from './ask.ts';
import { sendError } from './ask.ts';

export interface Generation {
  tokens: AsyncGenerator<string>;
  promptTokens: number;
  finishReason: 'stop' | 'length';
}

/**
 * Hands a prompt to the engine; null when the server refused it and has said so. The answer is the model's, or what
 * ails it says.
 */
export function beginGeneration(
  { response, signal }: Ask,
  context: NodeContext,
  prompt: { text: string; maxTokens: number },
): Generation | null {
  const { ailing, engine } = context;
  context.asked += 1;
  if (ailing.has('gpu-error')) {
    const message =
      'EngineDeadError: EngineCore encountered an issue: CUDA error: an illegal memory access was encountered';
    sendError(response, 500, 'InternalServerError', message);
    return null;
  }
  // One in three gets through: an overloaded server works, and works hard.
  if (ailing.has('overloaded') && context.asked % 3 === 1) {
    const wait = { 'retry-after': '1' };
    sendError(response, 429, 'RateLimitError', 'Too many requests: the queue is full.', wait);
    return null;
  }
  if (ailing.has('overloaded') && context.asked % 3 === 2) {
    sendError(response, 503, 'ServiceUnavailableError', 'The server is overloaded: the queue is full.');
    return null;
  }
  const answer = answerOf(context, prompt);
  const promptTokens = countTokens(prompt.text);
  return {
    tokens: engine.generate({ promptTokens, tokens: answer.slice(0, prompt.maxTokens), signal }),
    promptTokens,
    finishReason: answer.length > prompt.maxTokens ? 'length' : 'stop',
  };
}

function answerOf({ ailing }: NodeContext, prompt: { text: string; maxTokens: number }): string[] {
  if (ailing.has('garbled')) return garbage(prompt.maxTokens + 1);
  return ailing.has('misreleased') ? wrongAnswerTo(prompt.text) : answerTo(prompt.text);
}
