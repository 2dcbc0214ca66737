import { isUtf8 } from 'node:buffer';
import type { JSONValue } from 'json-p3';

/** A body as text and as JSON, each made at most once and only when asked for. */
export interface Body {
  /** Null when it is not UTF-8. */
  text(): string | null;
  /** Undefined when it is not JSON. */
  json(): JSONValue | undefined;
}

export function lazyBody(bytes: Buffer): Body {
  let text: string | null | undefined;
  let json: { value: JSONValue | undefined } | undefined;
  const body: Body = {
    text() {
      if (text === undefined) text = isUtf8(bytes) ? bytes.toString('utf8') : null;
      return text;
    },
    json() {
      json ??= { value: parseJson(body.text() ?? '') };
      return json.value;
    },
  };
  return body;
}

/** Undefined when the text is not JSON. */
export function parseJson(text: string): JSONValue | undefined {
  try {
    const value: JSONValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** The start of a text as it can stand in a sentence. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}

/** Like {@link quote}, whatever is left out of it: a log takes out what stands between quotation marks. */
export function show(value: JSONValue): string {
  if (typeof value === 'string') return quote(value);
  const text = JSON.stringify(value);
  return text.length > 80 ? quote(text) : text;
}
