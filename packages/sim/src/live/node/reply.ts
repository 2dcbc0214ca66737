import type { ServerResponse } from 'node:http';
import { type Ask, sendJson } from './ask.ts';
import type { Generation } from './generation.ts';
import type { Prompt } from './prompt.ts';

/** How the chat and the plain completion differ in what they send. */
export interface Dialect {
  id: string;
  model: string;
  revision: string;
  object: string;
  chunkObject: string;
  /** Sent before the first token, if anything is. */
  opening: object | null;
  part(text: string): object;
  closing: object;
  whole(text: string): object;
}

/** Sends a generation as one JSON body, or as server-sent events with `[DONE]` at the end. */
export async function reply(
  ask: Ask,
  prompt: Prompt,
  generation: Generation,
  dialect: Dialect,
): Promise<void> {
  if (prompt.stream) return stream(ask, prompt, generation, dialect);
  const parts: string[] = [];
  for await (const token of generation.tokens) parts.push(token);
  if (ask.signal.aborted) return;
  const choice = { index: 0, ...dialect.whole(parts.join('')), logprobs: null };
  sendJson(ask.response, 200, {
    ...head(dialect, dialect.object),
    choices: [{ ...choice, finish_reason: generation.finishReason }],
    usage: usage(generation, parts.length),
  });
}

async function stream(
  { response, signal }: Ask,
  prompt: Prompt,
  generation: Generation,
  dialect: Dialect,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  response.flushHeaders();
  const base = head(dialect, dialect.chunkObject);
  const choice = (content: object, finishReason: string | null) =>
    sendEvent(response, {
      ...base,
      choices: [{ index: 0, ...content, logprobs: null, finish_reason: finishReason }],
    });
  let made = 0;
  for await (const token of generation.tokens) {
    if (made === 0 && dialect.opening) choice(dialect.opening, null);
    made += 1;
    choice(dialect.part(token), null);
  }
  if (signal.aborted) return;
  choice(dialect.closing, generation.finishReason);
  if (prompt.includeUsage) sendEvent(response, { ...base, choices: [], usage: usage(generation, made) });
  response.end('data: [DONE]\n\n');
}

function sendEvent(response: ServerResponse, event: object): void {
  response.write(`data: ${JSON.stringify(event)}\n\n`);
}

function head(dialect: Dialect, object: string): object {
  return {
    id: dialect.id,
    object,
    created: Math.floor(Date.now() / 1_000),
    model: dialect.model,
    system_fingerprint: dialect.revision,
  };
}

function usage(generation: Generation, completionTokens: number): object {
  return {
    prompt_tokens: generation.promptTokens,
    completion_tokens: completionTokens,
    total_tokens: generation.promptTokens + completionTokens,
  };
}
