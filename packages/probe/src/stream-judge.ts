import type { Raw } from '@evac/core';
import { checkAnswer } from './answer.ts';
import { quote } from './body.ts';
import type { StreamFacts } from './stream-reader.ts';
import type { Exchange } from './wire/exchange.ts';
import { fault } from './wire/fault.ts';

/** What a stream that began with status 200 came to: how it ended first, then what it said. */
export function judgeStream(
  facts: StreamFacts,
  exchange: Pick<Exchange, 'fault' | 'framed'>,
  expected: { model: string | null; accepted: string[] | null; contentType: string | null },
): Raw {
  const so = `${facts.pieces.length} tokens`;
  if (facts.error !== null) return ofError(facts.error);
  if (exchange.fault !== null) return ofFault(exchange.fault, facts, so);
  if (facts.pieces.length === 0) {
    const type = expected.contentType === null ? 'none' : quote(expected.contentType);
    const seen = facts.comments > 0 ? `${facts.comments} comments` : `content-type ${type}`;
    return fault('no-tokens', `the stream ended without a token (${seen})`);
  }
  if (facts.finishReason === null && (facts.done || exchange.framed)) {
    return fault('no-finish-reason', `the stream ended after ${so} without a finish_reason`);
  }
  if (!facts.done && !exchange.framed) {
    return fault('stream-cut', `the connection was closed after ${so}, without [DONE]`);
  }
  if (facts.finishReason === 'error' || facts.finishReason === 'abort') {
    return fault('engine-error', `finish_reason ${quote(facts.finishReason)}, expected "stop" or "length"`);
  }
  if (expected.model !== null && facts.model !== null && facts.model !== expected.model) {
    return fault('wrong-model', `model ${quote(facts.model)}, expected ${quote(expected.model)}`);
  }
  const bad = checkAnswer(facts.answer, facts.pieces, expected.accepted);
  if (bad !== null) return fault(bad.reason, bad.detail);
  return { kind: 'answered', detail: `${so}, finish_reason ${facts.finishReason}` };
}

/** An error inside of the stream means what the same status would have meant before it. */
function ofError({ status, message }: { status: number | null; message: string }): Raw {
  const detail = `the stream reports an error: ${quote(message)}`;
  if (status === null || status >= 500) return fault('engine-error', detail);
  return { kind: 'status', status, retryAfter: null, marker: null, detail: `${detail} (${status})` };
}

function ofFault(found: NonNullable<Exchange['fault']>, facts: StreamFacts, so: string): Raw {
  if (found.kind !== 'fault') return found;
  const begun = facts.pieces.length > 0;
  const cut = found.reason === 'connection-reset' || found.reason === 'connection-closed';
  if (begun && cut) return fault('stream-cut', `${found.detail}, after ${so}`);
  if (!begun && found.reason === 'body-timeout') {
    return fault('first-token-timeout', `${found.detail}, and no token came (${facts.comments} comments)`);
  }
  return { ...found, detail: begun ? `${found.detail}, after ${so}` : found.detail };
}
