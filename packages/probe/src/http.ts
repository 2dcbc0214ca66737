import type { HttpAsk, Raw, Target } from '@evac/core';
import { checkAssertions, expectedStatus } from './assertions.ts';
import { lazyBody } from './body.ts';
import { usualWarningMs, warnOfExpiry } from './certificate.ts';
import { type Found, found, noTimings } from './found.ts';
import { type Identity, listsModels, readIdentity, tellsModels } from './identity.ts';
import type { Means } from './means.ts';
import { followRedirect, type Hop } from './redirect.ts';
import { unexpectedStatus } from './status.ts';
import { destinationOf } from './wire/destination.ts';
import { type Exchange, startExchange } from './wire/exchange.ts';
import { fault } from './wire/fault.ts';
import { writeRequest } from './wire/request.ts';

/** Asks one HTTP question and holds the answer against its assertions. */
export async function probeHttp(
  target: Target,
  ask: HttpAsk,
  model: string | null,
  means: Means,
): Promise<Found> {
  const started = performance.now();
  let hop: Hop = {
    destination: destinationOf(target.address),
    method: ask.method,
    path: ask.path,
    headers: ask.headers,
    body: ask.body,
  };
  for (let redirects = 0; ; redirects++) {
    const request = writeRequest(hop, hop.destination);
    if ('mistake' in request) return found({ kind: 'mistake', detail: request.mistake });
    const exchange = await startExchange(
      {
        destination: hop.destination,
        request: request.text,
        toHead: hop.method === 'HEAD',
        deadlineMs: Math.max(1, ask.timeoutMs - (performance.now() - started)),
        maxBodyBytes: ask.maxBodyBytes,
        pool: means.pool,
        signal: means.signal,
      },
      means.wire,
    ).result;
    const next = redirects < ask.followRedirects ? followRedirect(hop, exchange.head) : null;
    if (next === null) return judge(exchange, ask, hop.path, model, performance.now() - started, means);
    hop = next;
  }
}

function judge(
  exchange: Exchange,
  ask: HttpAsk,
  path: string,
  expectedModel: string | null,
  latencyMs: number,
  means: Means,
): Found {
  const { head, body, connectMs, firstByteMs } = exchange;
  const timings = { ...noTimings, connectMs, firstByteMs };
  const warnings = warnOfExpiry(exchange.certificateEnds, means.clock.now(), usualWarningMs);
  if (head === null) return found(exchange.fault ?? nothingCame, { timings, warnings });
  const { status, headers } = head;
  const expected = expectedStatus(ask.assertions);
  // A wrong status says more than the body it came with, even one that was cut short.
  if (!expected.accepts(status)) {
    return found(unexpectedStatus({ status, headers, body }, expected.text, ask), { timings, warnings });
  }
  if (exchange.fault !== null) return found(exchange.fault, { timings, warnings });
  const unmet = checkAssertions(ask.assertions, { headers, body, latencyMs });
  const told = tellsModels(path) ? lazyBody(body).json() : undefined;
  const identity = told === undefined ? null : readIdentity(told);
  const wrong = listsModels(path) && told === undefined ? noList : checkModel(identity, expectedModel);
  return found(unmet ?? (expectedModel === null ? null : wrong) ?? answered(status, latencyMs), {
    timings,
    warnings,
    model: chooseModel(identity, expectedModel),
    revision: identity?.revision ?? null,
  });
}

const nothingCame = fault('connection-closed', 'no response');

const noList = fault('invalid-json', 'the list of models is not JSON');

const answered = (status: number, latencyMs: number): Raw => ({
  kind: 'answered',
  detail: `status ${status} in ${Math.round(latencyMs)}ms`,
});

function chooseModel(identity: Identity | null, expected: string | null): string | null {
  if (identity === null) return null;
  return identity.models.find((model) => model === expected) ?? identity.models[0] ?? null;
}

function checkModel(identity: Identity | null, expected: string | null): Raw | null {
  if (identity === null || expected === null || identity.models.includes(expected)) return null;
  const served = identity.models.length === 0 ? 'no model' : identity.models.slice(0, 5).join(', ');
  return fault('wrong-model', `serves ${served}, expected ${expected}`);
}
