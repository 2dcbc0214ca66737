import type { Assertion, Raw, Reason } from '@evac/core';
import { type JSONValue, jsonpath } from 'json-p3';
import { type Body, lazyBody, quote, show } from './body.ts';
import { matches, PatternError } from './pattern.ts';
import type { Headers } from './wire/head.ts';

/** What an answer is held against. */
export interface Answer {
  headers: Headers;
  body: Buffer;
  latencyMs: number;
}

type Kind<K extends Assertion['kind']> = Extract<Assertion, { kind: K }>;

/** The statuses that are right: those that every status assertion allows, or 200-299 without one. */
export function expectedStatus(assertions: Assertion[]): { accepts(status: number): boolean; text: string } {
  const ranges: { from: number; to: number }[] = assertions.filter(
    (assertion) => assertion.kind === 'status',
  );
  if (ranges.length === 0) ranges.push({ from: 200, to: 299 });
  return {
    accepts: (status) => ranges.every(({ from, to }) => status >= from && status <= to),
    text: ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(' and '),
  };
}

/** The first that explains most: a body that is no text fails everything that looks into it. */
const worstFirst: Reason<'failed'>[] = ['invalid-utf8', 'invalid-json', 'assertion-failed', 'too-slow'];

/**
 * Holds an answer against every assertion but those on its status. Null when all hold; otherwise one fault that names
 * every assertion that does not, with the value seen beside the one expected.
 */
export function checkAssertions(assertions: Assertion[], answer: Answer): Raw | null {
  let failed: Failed[];
  try {
    const body = lazyBody(answer.body);
    failed = assertions.map((assertion) => check(assertion, answer, body)).filter((found) => found !== null);
  } catch (error) {
    if (error instanceof PatternError) return { kind: 'mistake', detail: error.message };
    throw error;
  }
  const reason = worstFirst.find((candidate) => failed.some((found) => found.reason === candidate));
  if (reason === undefined) return null;
  const details = new Set(failed.map((found) => found.detail));
  return { kind: 'fault', reason, detail: [...details].join('; ') };
}

interface Failed {
  reason: Reason<'failed'>;
  detail: string;
}

const unmet = (detail: string): Failed => ({ reason: 'assertion-failed', detail });

function check(assertion: Assertion, answer: Answer, body: Body): Failed | null {
  switch (assertion.kind) {
    case 'status':
      return null;
    case 'header':
      return checkHeader(assertion, answer.headers);
    case 'latency': {
      const { maxMs } = assertion;
      if (answer.latencyMs <= maxMs) return null;
      const detail = `latency ${Math.round(answer.latencyMs)}ms, expected at most ${maxMs}ms`;
      return { reason: 'too-slow', detail };
    }
    case 'body-size': {
      const { minBytes, maxBytes } = assertion;
      const size = answer.body.length;
      if (size >= minBytes && size <= maxBytes) return null;
      return unmet(`body ${size} bytes, expected ${minBytes}-${maxBytes}`);
    }
    case 'json-path':
      return checkJsonPath(assertion, body);
    case 'body-includes':
    case 'body-excludes':
    case 'body-matches':
      return checkText(assertion, body);
  }
}

function checkHeader({ name, pattern }: Kind<'header'>, headers: Headers): Failed | null {
  const value = headers.get(name.toLowerCase());
  if (value === undefined) return unmet(`header ${name} is absent, expected /${pattern}/`);
  return matches(pattern, value) ? null : unmet(`header ${name} is ${quote(value)}, expected /${pattern}/`);
}

function checkText(
  assertion: Kind<'body-includes'> | Kind<'body-excludes'> | Kind<'body-matches'>,
  body: Body,
): Failed | null {
  const text = body.text();
  if (text === null) return notText;
  switch (assertion.kind) {
    case 'body-includes':
      if (text.includes(assertion.text)) return null;
      return unmet(`body ${quote(text)}, expected to contain ${quote(assertion.text)}`);
    case 'body-excludes':
      if (!text.includes(assertion.text)) return null;
      return unmet(`body ${quote(text)}, expected not to contain ${quote(assertion.text)}`);
    case 'body-matches':
      if (matches(assertion.pattern, text)) return null;
      return unmet(`body ${quote(text)}, expected /${assertion.pattern}/`);
  }
}

function checkJsonPath(assertion: Kind<'json-path'>, body: Body): Failed | null {
  const { path, equals, pattern } = assertion;
  const text = body.text();
  if (text === null) return notText;
  const json = body.json();
  if (json === undefined) return { reason: 'invalid-json', detail: `body ${quote(text)}, expected JSON` };
  const found = query(path, json);
  const wanted =
    equals !== undefined ? JSON.stringify(equals) : pattern !== undefined ? `/${pattern}/` : 'a value';
  if (found === undefined) return unmet(`${path} finds nothing, expected ${wanted}`);
  if (equals !== undefined && found !== equals) return unmet(`${path} is ${show(found)}, expected ${wanted}`);
  const asText = typeof found === 'string' ? found : JSON.stringify(found);
  if (pattern !== undefined && !matches(pattern, asText)) {
    return unmet(`${path} is ${show(found)}, expected ${wanted}`);
  }
  return null;
}

function query(path: string, json: JSONValue): JSONValue | undefined {
  let compiled: jsonpath.JSONPathQuery;
  try {
    compiled = jsonpath.compile(path);
  } catch (error) {
    throw new PatternError(`${path} is no JSONPath (${error instanceof Error ? error.message : error})`);
  }
  try {
    return compiled.match(json)?.value;
  } catch {
    // Nested deeper than a query may go.
    return undefined;
  }
}

const notText: Failed = { reason: 'invalid-utf8', detail: 'the body is not valid UTF-8' };
