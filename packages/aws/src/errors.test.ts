import { AutoScalingClient, TerminateInstanceInAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import type { PortErrorCode } from '@evac/core';
import { afterEach, describe, expect, test } from 'vitest';
import {
  answer,
  failure,
  patient,
  type Script,
  type StubAws,
  startAws,
  throttled,
  unanswered,
} from './testing/aws.ts';

const action = 'TerminateInstanceInAutoScalingGroup';
let aws: StubAws;
afterEach(() => aws.close());

const command = new TerminateInstanceInAutoScalingGroupCommand({
  InstanceId: 'i-a1',
  ShouldDecrementDesiredCapacity: true,
});

async function terminate(reply: Script, how: 'get' | 'once' = 'once', limitMs?: number): Promise<Error> {
  const { attemptMs } = reply === 'hang' && limitMs === undefined ? unanswered : patient;
  aws = await startAws({ [action]: reply }, { attempts: 2, attemptMs });
  const { clients } = aws.context;
  const client = clients[how](AutoScalingClient);
  const call = clients.call(action, (options) => client.send(command, options), limitMs);
  const error: unknown = await call.then(
    () => new Error('it went through'),
    (thrown: unknown) => thrown,
  );
  return error instanceof Error ? error : new Error(String(error));
}

describe('a refusal has a code of the ports', () => {
  const cases: [string, PortErrorCode, string, number?][] = [
    ['ResourceContention', 'contention', 'You already have a pending update', 500],
    ['ScalingActivityInProgress', 'contention', 'a scaling activity is in progress'],
    ['HealthCheckVersionMismatch', 'contention', 'somebody else has changed it', 409],
    ['ServiceUnavailable', 'unavailable', 'come back later', 503],
    ['AccessDenied', 'invalid', 'not authorized to perform: autoscaling:TerminateInstance', 403],
    ['LimitExceeded', 'at-limit', 'too many of them'],
    ['ValidationError', 'not-found', 'AutoScalingGroup name not found - null'],
    [
      'ValidationError',
      'at-limit',
      'New SetDesiredCapacity value 9 is above max value 8 for the AutoScalingGroup.',
    ],
    [
      'ValidationError',
      'at-limit',
      "Currently, desiredSize equals minSize (2). Terminating instance without replacement will violate group's min size constraint.",
    ],
    ['ValidationError', 'invalid', 'The zone is not known'],
    ['TargetGroupNotFound', 'not-found', 'One or more target groups not found'],
    ['InvalidTarget', 'invalid', 'The specified target does not exist or is not in the same VPC'],
  ];
  test.each(cases)('%s: %s', async (name, code, message, status) => {
    const error = await terminate(failure(name, message, status));
    expect(error).toMatchObject({ name: 'PortError', code });
    expect(error.message).toContain(`${action} in us-west-2 was refused`);
    expect(error.message).toContain(message);
  });

  test('throttling, once it was tried for long enough', async () => {
    expect(await terminate(throttled)).toMatchObject({ name: 'PortError', code: 'throttled' });
    expect(aws.count(action)).toBe(2);
  });

  test('nobody there', async () => {
    aws = await startAws({});
    await aws.close();
    const { clients } = aws.context;
    const client = clients.once(AutoScalingClient);
    const call = clients.call(action, (options) => client.send(command, options));
    await expect(call).rejects.toMatchObject({ name: 'PortError', code: 'unavailable' });
    aws = await startAws({});
  });
});

describe('a lost answer is no refusal', () => {
  const lost: [string, Script][] = [
    ['a reset', 'reset'],
    ['silence', 'hang'],
    ['an internal error', failure('InternalFailure', 'we do not know', 500)],
    ['a gateway that gave up', { status: 504, body: '<html>gateway timeout</html>' }],
    ['an answer that nobody can read', { status: 200, body: '<html><b>welcome</html>' }],
  ];
  test.each(lost)('%s', async (_, reply) => {
    const error = await terminate(reply);
    expect(error.name).toBe('LostAnswer');
    expect(error.message).toContain('may have happened');
    expect(aws.count(action)).toBe(1);
  });

  test('is asked again where that does no harm', async () => {
    const done = answer(action);
    expect((await terminate(['reset', done], 'get')).message).toBe('it went through');
    expect(aws.count(action)).toBe(2);
  });
});

test('contention passes, and is waited out', async () => {
  const contention = failure('ScalingActivityInProgress', 'wait');
  const done = answer(action);
  expect((await terminate([contention, done], 'once')).message).toBe('it went through');
});

describe('a deadline', () => {
  test("of the call ends a hang within the SDK's own patience", async () => {
    expect((await terminate('hang', 'get', 2_000)).name).toBe('LostAnswer');
    expect(aws.count(action)).toBe(1);
  });

  test('of the step ends everything asked through it', async () => {
    const deadline = new AbortController();
    const hang = () => {
      deadline.abort();
      return 'hang' as const;
    };
    aws = await startAws({ [action]: hang });
    const clients = aws.context.clients.until(deadline.signal);
    const ask = () =>
      clients.call(action, (options) => clients.get(AutoScalingClient).send(command, options));
    await expect(ask()).rejects.toMatchObject({ name: 'LostAnswer' });
    await expect(ask()).rejects.toMatchObject({ name: 'LostAnswer' });
    expect(aws.count(action)).toBe(1);
  });
});
