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
  /** Why it failed: `connect-refused`, `stream-cut`; null when it did not. */
  error: string | null;
  /** To the first token; null when none came. */
  ttftMs: number | null;
  /** The node that says it answered; null when nobody did. */
  node: string | null;
}

export function failed(error: string, ttftMs: number | null = null, node: string | null = null): Answered {
  return { ok: false, error, ttftMs, node };
}

/** Streams one chat completion as a client would; never rejects, never retries. */
export async function ask(
  question: Question,
  to: Endpoint & { host: string; timeoutMs: number; dispatcher: Dispatcher },
): Promise<Answered> {
  const began = performance.now();
  let ttftMs: number | null = null;
  let node: string | null = null;
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
    const header = response.headers['x-evac-node'];
    node = typeof header === 'string' ? header : null;
    if (response.statusCode !== 200) {
      await response.body.dump();
      return failed(`status-${response.statusCode}`, null, node);
    }
    const stream = readStream(() => {
      ttftMs ??= performance.now() - began;
    });
    for await (const chunk of response.body.setEncoding('utf8')) stream.feed(chunk);
    const complaint = stream.complaint(question.answer);
    return complaint === null ? { ok: true, error: null, ttftMs, node } : failed(complaint, ttftMs, node);
  } catch (error) {
    return failed(reasonOf(error), ttftMs, node);
  }
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
      if (!finished || !done) return 'stream-cut';
      return text === expected ? null : 'wrong-answer';
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (error.name === 'TimeoutError') return 'timeout';
  if (code === 'ECONNREFUSED') return 'connect-refused';
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'connection-reset';
  return typeof code === 'string' ? code : error.message;
}
