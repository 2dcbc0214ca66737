import type { JSONValue } from 'json-p3';

/** What a server says it serves. */
export interface Identity {
  /** Every model it offers, the first one first. */
  models: string[];
  revision: string | null;
}

/** Paths whose answer is about models: OpenAI's list, Ollama's tags, TGI's info. */
export function tellsModels(path: string): boolean {
  return /\/(models|tags|info)$/.test(path.split('?', 1)[0] ?? '');
}

/** OpenAI's list, which can be nothing else; `/info` of a server we do not know may be any text. */
export function listsModels(path: string): boolean {
  return /\/models$/.test(path.split('?', 1)[0] ?? '');
}

/** Reads `{data: [{id}]}`, `{models: [{name}]}` and `{model_id, model_sha}`; null when it is none of them. */
export function readIdentity(json: JSONValue): Identity | null {
  if (!isRecord(json)) return null;
  if (typeof json.model_id === 'string') {
    return { models: [json.model_id], revision: textOrNull(json.model_sha) };
  }
  const list = Array.isArray(json.data) ? json.data : json.models;
  if (!Array.isArray(list)) return null;
  const entries = list.filter(isRecord);
  const models = entries
    .map((entry) => entry.id ?? entry.name ?? entry.model)
    .filter((name) => typeof name === 'string');
  return { models, revision: textOrNull(entries[0]?.revision) };
}

export function isRecord(value: JSONValue): value is { [key: string]: JSONValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOrNull(value: JSONValue): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
