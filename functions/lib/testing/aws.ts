import { createClients } from '@evac/aws';
import type { ServiceSettings } from '@evac/core';
import type { Context } from 'aws-lambda';
import { failure, patient, type Script } from '../../../packages/aws/src/testing/aws.ts';
import { createTestClock } from '../../../packages/aws/src/testing/clock.ts';
import { startDynamoDb } from '../../../packages/aws/src/testing/dynamodb/server.ts';
import { type StubCall, startStub } from '../../../packages/aws/src/testing/stub.ts';
import { now, settings } from '../../../packages/core/src/testing/snapshot.ts';
import type { MakeClients } from '../clients.ts';

export type FunctionsWorld = Awaited<ReturnType<typeof startFunctionsWorld>>;

/**
 * One region of AWS as the functions see it over the wire: a table, and of everything else what `script` says, by action.
 * What it does not name is refused.
 */
export async function startFunctionsWorld(
  script: Record<string, Script> = {},
  services: ServiceSettings[] = [settings()],
) {
  const db = await startDynamoDb();
  const calls: StubCall[] = [];
  const stub = await startStub((call) => {
    calls.push(call);
    const nth = calls.filter((c) => c.action === call.action).length;
    const reply = script[call.action];
    if (reply === undefined) return failure('AccessDenied', `${call.action} is not for this function`);
    if (typeof reply === 'function') return reply(call, nth);
    return Array.isArray(reply) ? (reply[Math.min(nth, reply.length) - 1] ?? 'hang') : reply;
  });
  const router = await startStub(async ({ method, path, headers, body }) => {
    const target = headers['x-amz-target'];
    const to = typeof target === 'string' && target.startsWith('DynamoDB') ? db.url : stub.url;
    const passed = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' && !['host', 'connection', 'content-length', 'expect'].includes(name)
        ? [[name, value]]
        : [],
    );
    const answer = await fetch(`${to}${path}`, {
      method,
      headers: passed,
      ...(method === 'GET' ? {} : { body }),
    }).catch(() => null);
    if (answer === null) return 'reset';
    return {
      status: answer.status,
      body: await answer.text(),
      headers: { 'content-type': answer.headers.get('content-type') ?? 'text/plain' },
    };
  });
  const clock = createTestClock(now);
  const made: { destroy(): void }[] = [];
  const clients: MakeClients = (options) => {
    const own = createClients({
      ...options,
      endpoint: router.url,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      ...patient,
      attempts: 1,
    });
    made.push(own);
    return own;
  };
  return {
    db,
    calls,
    script,
    clock,
    world: { clients, clock, settings: { controls: [], services } },
    count: (action: string) => calls.filter((c) => c.action === action).length,
    async close() {
      for (const one of made) one.destroy();
      await Promise.all([router.close(), stub.close(), db.close()]);
    },
  };
}

/** A run of a function as Lambda describes it. */
export function lambdaContext(remainingMs = 60_000): Context {
  const end = Date.now() + remainingMs;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'evac-test',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:us-west-2:123456789012:function:evac-test',
    memoryLimitInMB: '256',
    awsRequestId: 'run-1',
    logGroupName: '/aws/lambda/evac-test',
    logStreamName: '1',
    getRemainingTimeInMillis: () => Math.max(0, end - Date.now()),
    done() {},
    fail() {},
    succeed() {},
  };
}
