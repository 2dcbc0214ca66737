import type { Random, StreamAsk } from '@evac/core';

/** `/v1/chat/completions` and `/v1/completions` have their list of models at `/v1/models`. */
export function modelsPath(path: string): string {
  return path.replace(/\/(?:chat\/)?completions.*$/, '/models');
}

/** The JSON that asks for a short, greedy, streamed generation. */
export function generationBody(ask: StreamAsk, model: string, random: Random): string {
  const nonce = ask.nonce ? `[${Math.floor(random.next() * 2 ** 32).toString(36)}] ` : '';
  const prompt = nonce + ask.prompt;
  return JSON.stringify({
    model,
    ...(ask.api === 'chat' ? { messages: [{ role: 'user', content: prompt }] } : { prompt }),
    max_tokens: ask.maxTokens,
    temperature: 0,
    seed: 1,
    stream: true,
    stream_options: { include_usage: true },
  });
}
