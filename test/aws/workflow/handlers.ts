import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { handler as approve } from '../../../functions/approve.ts';
import { handler as decide } from '../../../functions/decide.ts';
import { handler as discover } from '../../../functions/discover.ts';
import { handler as fleet } from '../../../functions/fleet.ts';
import { handler as prove } from '../../../functions/prove.ts';
import { handler as record } from '../../../functions/record.ts';
import { handler as restart } from '../../../functions/restart.ts';
import { handler as turning } from '../../../functions/switch.ts';
import { handler as traffic } from '../../../functions/traffic.ts';

/** The functions as they are deployed. */
export const handlers = {
  decide,
  fleet,
  prove,
  record,
  restart,
  traffic,
  approve,
  discover,
  switch: turning,
};

/** What Lambda tells a handler of its run. */
export function contextFor(name: keyof typeof handlers, functionMs: number): Context {
  const end = performance.now() + functionMs;
  const region = process.env.AWS_REGION ?? '';
  return {
    functionName: name,
    functionVersion: '1',
    invokedFunctionArn: `arn:aws:lambda:${region}:123456789012:function:${name}`,
    memoryLimitInMB: '256',
    awsRequestId: randomUUID(),
    logGroupName: name,
    logStreamName: name,
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.round(end - performance.now()),
    done() {},
    fail() {},
    succeed() {},
  };
}
