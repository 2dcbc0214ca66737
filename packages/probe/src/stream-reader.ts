import { createParser } from 'eventsource-parser';
import type { JSONValue } from 'json-p3';
import { parseJson, quote } from './body.ts';
import { isRecord, textOrNull } from './identity.ts';
import { type Fault, fault } from './wire/fault.ts';

/** What an OpenAI event stream said, so far. */
export interface StreamFacts {
  /** One text a chunk, reasoning and tool calls included: what the engine made. */
  pieces: string[];
  /** What a user would read. */
  answer: string;
  firstTokenAt: number | null;
  lastTokenAt: number | null;
  longestGapMs: number;
  finishReason: string | null;
  done: boolean;
  completionTokens: number | null;
  model: string | null;
  revision: string | null;
  /** An error that came as an event, with its status where it has one. */
  error: { status: number | null; message: string } | null;
  comments: number;
}

export interface StreamReader {
  facts: StreamFacts;
  /** A fault when the bytes are not a stream of JSON events in UTF-8. */
  push(part: Buffer): Fault | null;
}

/** Reads server-sent events as OpenAI's API streams them. Comments keep a connection alive; they are no tokens. */
export function createStreamReader(now: () => number): StreamReader {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let broken: Fault | null = null;
  const facts: StreamFacts = {
    pieces: [],
    answer: '',
    firstTokenAt: null,
    lastTokenAt: null,
    longestGapMs: 0,
    finishReason: null,
    done: false,
    completionTokens: null,
    model: null,
    revision: null,
    error: null,
    comments: 0,
  };
  const parser = createParser({
    onEvent({ data }) {
      if (facts.done || broken !== null) return;
      if (data.trim() === '[DONE]') {
        facts.done = true;
        return;
      }
      const json = parseJson(data);
      if (json === undefined || !isRecord(json)) {
        broken = fault('invalid-json', `an event is ${quote(data)}, expected a JSON object`);
        return;
      }
      readChunk(json, facts, now());
    },
    onComment() {
      facts.comments++;
    },
  });
  return {
    facts,
    push(part) {
      let text: string;
      try {
        text = decoder.decode(part, { stream: true });
      } catch {
        return fault('invalid-utf8', 'the stream is not valid UTF-8');
      }
      parser.feed(text);
      return broken;
    },
  };
}

type JsonObject = { [key: string]: JSONValue };

function readChunk(chunk: JsonObject, facts: StreamFacts, now: number): void {
  if (chunk.error !== undefined && chunk.error !== null) {
    facts.error = readError(chunk.error);
    return;
  }
  facts.model ??= textOrNull(chunk.model);
  facts.revision ??= textOrNull(chunk.system_fingerprint);
  if (isRecord(chunk.usage) && typeof chunk.usage.completion_tokens === 'number') {
    facts.completionTokens = chunk.usage.completion_tokens;
  }
  const choice = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
  if (!isRecord(choice)) return;
  const delta = isRecord(choice.delta) ? choice.delta : {};
  const content = textOrNull(delta.content) ?? textOrNull(choice.text) ?? '';
  const reasoning = textOrNull(delta.reasoning_content) ?? textOrNull(delta.reasoning) ?? '';
  const calls = Array.isArray(delta.tool_calls) ? JSON.stringify(delta.tool_calls) : '';
  const piece = content + reasoning + calls;
  if (piece !== '') {
    facts.pieces.push(piece);
    facts.answer += content;
    facts.longestGapMs = Math.max(facts.longestGapMs, now - (facts.lastTokenAt ?? now));
    facts.firstTokenAt ??= now;
    facts.lastTokenAt = now;
  }
  facts.finishReason = textOrNull(choice.finish_reason) ?? facts.finishReason;
}

function readError(error: JSONValue): { status: number | null; message: string } {
  if (!isRecord(error)) return { status: null, message: typeof error === 'string' ? error : 'no message' };
  const code = Number(error.code ?? error.status);
  const status = Number.isInteger(code) && code >= 400 && code < 600 ? code : null;
  return { status, message: textOrNull(error.message) ?? JSON.stringify(error) };
}
