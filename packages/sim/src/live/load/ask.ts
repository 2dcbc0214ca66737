import { createParser } from 'eventsource-parser';
import { type Dispatcher, request } from 'undici';
import type { Endpoint } from './resolve.ts';

/** One question that has one right answer, so that a client notices nonsense. */
export interface Question {
  model: string;
  prompt: string;
  answer: string;
}

export interface Answered {
  ok: boolean;
  error: string | null;
  ttftMs: number | null;
  node: string | null;
}

/** Streams one chat completion as a client would; never rejects, never retries. */
export async function ask(
  question: Question,
  to: Endpoint & { host: string; timeoutMs: number; dispatcher: Dispatcher },
): Promise<Answered> {
  const began = performance.now();
  const result: Answered = { ok: false, error: null, ttftMs: null, node: null };
  try {
    const response = await request(`http://${to.address}:${to.port}/v1/chat/completions`, {
      method: 'POST',
      dispatcher: to.dispatcher,
      headers: { 'content-type': 'application/json', host: to.host },
      body: JSON.stringify({
        model: question.model,
        messages: [{ role: 'user', content: question.prompt }],
        temperature: 0,
        max_tokens: 40,
        stream: true,
      }),
      signal: AbortSignal.timeout(Math.ceil(to.timeoutMs)),
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const node = response.headers['x-evac-node'];
    result.node = typeof node === 'string' ? node : null;
    if (response.statusCode !== 200) {
      await response.body.dump();
      result.error = `status ${response.statusCode}`;
      return result;
    }
    const stream = readStream(() => {
      result.ttftMs ??= performance.now() - began;
    });
    for await (const chunk of response.body.setEncoding('utf8')) stream.feed(chunk);
    result.error = stream.complaint(question.answer);
    result.ok = result.error === null;
  } catch (error) {
    result.error = nameOf(error);
  }
  return result;
}

/** Follows a chat stream; afterwards `complaint` says what was wrong with it, or null. */
function readStream(onToken: () => void): {
  feed(text: string): void;
  complaint(expected: string): string | null;
} {
  let text = '';
  let finished = false;
  let done = false;
  const parser = createParser({
    onEvent({ data }) {
      if (data === '[DONE]') {
        done = true;
        return;
      }
      const { choices } = JSON.parse(data) as {
        choices?: { delta?: { content?: string }; finish_reason?: string | null }[];
      };
      const content = choices?.[0]?.delta?.content ?? '';
      if (content !== '') onToken();
      text += content;
      finished ||= typeof choices?.[0]?.finish_reason === 'string';
    },
  });
  return {
    feed: (chunk) => parser.feed(chunk),
    complaint(expected) {
      if (!finished || !done) return 'stream cut';
      return text === expected ? null : 'wrong answer';
    },
  };
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (error.name === 'TimeoutError') return 'timeout';
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'cut';
  return typeof code === 'string' ? code : error.message;
}
