import { zoneId } from '@evac/core';
import { afterEach, describe, expect, test } from 'vitest';
import { settings } from '../../core/src/testing/snapshot.ts';
import {
  answer,
  group,
  groups,
  json,
  loadBalancer,
  type Script,
  type StubAws,
  startAws,
  targetGroup,
  unanswered,
} from './testing/aws.ts';
import { createZonalShift } from './zonal-shift.ts';

let aws: StubAws;
afterEach(() => aws.close());

const service = settings().name;
const awayFrom = zoneId('usw2-aza');
const hour = 3_600_000;
const ask = { service, awayFrom, expiresInMs: hour, comment: 'evac: us-west-2a, inc-1' };
const second = loadBalancer.replace('app/llm', 'net/llm');

const attributes = (value: string) =>
  answer('DescribeLoadBalancerAttributes', {
    Attributes: [{ Key: 'zonal_shift.config.enabled', Value: value }],
  });
const behind = (...lbs: string[]): Record<string, Script> => ({
  DescribeAutoScalingGroups: groups(group()),
  DescribeTargetGroups: answer('DescribeTargetGroups', {
    TargetGroups: [{ TargetGroupArn: targetGroup, LoadBalancerArns: lbs }],
  }),
  DescribeLoadBalancerAttributes: attributes('true'),
});

const resource = (arn: string) => `GET /managedresources/${encodeURIComponent(arn)}`;
const expiryTime = 1_700_003_600;
const shift = (id: string, change = {}) => ({
  zonalShiftId: id,
  resourceIdentifier: loadBalancer,
  awayFrom,
  expiryTime,
  startTime: 1_700_000_000,
  comment: ask.comment,
  ...change,
});
const managed = (...zonalShifts: object[]) =>
  json({ arn: loadBalancer, appliedWeights: {}, zonalShifts, autoshifts: [] });
const applied = (id: string, change = {}) => ({ ...shift(id), appliedStatus: 'APPLIED', ...change });
const refusal = (type: string, reason: string, status = 400) => ({
  status,
  body: JSON.stringify({ message: `it is ${reason}`, reason }),
  headers: { 'x-amzn-errortype': `${type}:http://internal.amazon.com/`, 'content-type': 'application/json' },
});

async function shiftsOf(script: Record<string, Script>, options = {}) {
  aws = await startAws(script, options);
  return createZonalShift(aws.context);
}

test('a request is signed for ARC, in the region', async () => {
  let authorization = '';
  const port = await shiftsOf({
    ...behind(loadBalancer),
    [resource(loadBalancer)]: (call) => {
      authorization = call.headers.authorization ?? '';
      return managed();
    },
  });
  await port.list({ service });
  expect(authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/us-west-2\/arc-zonal-shift\/aws4_request, /,
  );
});

describe('list', () => {
  test('tells when it ends and whether it is applied', async () => {
    const port = await shiftsOf({
      ...behind(loadBalancer),
      [resource(loadBalancer)]: managed(applied('s-1')),
    });
    expect(await port.list({ service })).toEqual([
      { id: 's-1', resource: loadBalancer, awayFrom, expiresAt: expiryTime * 1_000, applied: true },
    ]);
  });

  test('a shift that is accepted is not applied yet', async () => {
    const pending = { ...shift('s-1'), appliedStatus: 'NOT_APPLIED' };
    const port = await shiftsOf({ ...behind(loadBalancer), [resource(loadBalancer)]: managed(pending) });
    expect(await port.list({ service })).toMatchObject([{ applied: false }]);
  });

  test('an autoshift of AWS keeps traffic out too', async () => {
    const autoshifts = [{ awayFrom, appliedStatus: 'APPLIED', startTime: 1_700_000_000 }];
    const port = await shiftsOf({
      ...behind(loadBalancer),
      [resource(loadBalancer)]: json({ zonalShifts: [], autoshifts, appliedWeights: {} }),
    });
    expect(await port.list({ service })).toMatchObject([{ id: 'autoshift-usw2-aza', applied: true }]);
  });

  test('where zonal shift is off, ARC is not asked: there is none', async () => {
    const port = await shiftsOf({
      ...behind(loadBalancer),
      DescribeLoadBalancerAttributes: attributes('false'),
    });
    expect(await port.list({ service })).toEqual([]);
    expect(aws.calls.some((c) => c.path.startsWith('/managedresources'))).toBe(false);
  });

  test('of two load balancers, both have to be shifted', async () => {
    const on = (two: object[]) => ({
      ...behind(loadBalancer, second),
      [resource(loadBalancer)]: managed(applied('s-1')),
      [resource(second)]: managed(...two),
    });
    const half = await shiftsOf(on([]));
    expect(await half.list({ service })).toEqual([]);
    await aws.close();
    const later = { appliedStatus: 'NOT_APPLIED', resourceIdentifier: second, expiryTime: expiryTime - 60 };
    const whole = await shiftsOf(on([applied('s-2', later)]));
    expect(await whole.list({ service })).toEqual([
      {
        id: 's-1+s-2',
        resource: `${loadBalancer}+${second}`,
        awayFrom,
        expiresAt: (expiryTime - 60) * 1_000,
        applied: false,
      },
    ]);
  });
});

describe('start', () => {
  test('asks for whole minutes, and not fewer', async () => {
    const port = await shiftsOf({
      ...behind(loadBalancer),
      [resource(loadBalancer)]: managed(),
      'POST /zonalshifts': json(shift('s-1')),
    });
    const started = await port.start({ ...ask, expiresInMs: 90_001 });
    expect(started).toMatchObject({ id: 's-1', awayFrom, applied: false });
    const [call] = aws.calls.filter((c) => c.action === 'POST /zonalshifts');
    expect(JSON.parse(call!.body)).toEqual({
      resourceIdentifier: loadBalancer,
      awayFrom,
      expiresIn: '2m',
      comment: ask.comment,
    });
  });

  test('where zonal shift is off is invalid, and says what can be done', async () => {
    const port = await shiftsOf({
      ...behind(loadBalancer),
      DescribeLoadBalancerAttributes: attributes('false'),
    });
    await expect(port.start(ask)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/zonal_shift\.config\.enabled.*app\/llm.*deregistered instead/),
    });
  });

  test('where there is no load balancer is invalid', async () => {
    const port = await shiftsOf(behind());
    await expect(port.start(ask)).rejects.toMatchObject({ code: 'invalid' });
  });

  test.each([
    ['ZonalShiftAlreadyExists', 'ConflictException', 409, 'conflict'],
    ['SimultaneousZonalShiftsConflict', 'ConflictException', 409, 'conflict'],
    ['ZonalAutoshiftActive', 'ConflictException', 409, 'conflict'],
    ['UnsupportedAz', 'ValidationException', 400, 'invalid'],
    ['nobody', 'ResourceNotFoundException', 404, 'not-found'],
    ['too much', 'ThrottlingException', 429, 'throttled'],
  ])('%s is a refusal (%s, %d): %s', async (reason, type, status, code) => {
    const port = await shiftsOf({
      ...behind(loadBalancer),
      [resource(loadBalancer)]: managed(),
      'POST /zonalshifts': refusal(type, reason, status),
    });
    await expect(port.start(ask)).rejects.toMatchObject({
      name: 'PortError',
      code,
      message: expect.stringContaining(reason),
    });
  });

  test('a shift away from another zone is a conflict', async () => {
    const port = await shiftsOf({
      ...behind(loadBalancer),
      [resource(loadBalancer)]: managed(applied('s-9', { awayFrom: 'usw2-azb' })),
    });
    await expect(port.start(ask)).rejects.toMatchObject({ code: 'conflict' });
    expect(aws.count('POST /zonalshifts')).toBe(0);
  });

  test('after a lost answer finds what it started, and starts no second', async () => {
    let started = false;
    const port = await shiftsOf({
      ...behind(loadBalancer),
      [resource(loadBalancer)]: () => (started ? managed(shift('s-1')) : managed()),
      'POST /zonalshifts': () => {
        started = true;
        return 'reset';
      },
    });
    expect(await port.start(ask)).toMatchObject({ id: 's-1' });
    expect(aws.count('POST /zonalshifts')).toBe(1);
  });

  test('after a lost request asks again', async () => {
    const script = {
      ...behind(loadBalancer),
      [resource(loadBalancer)]: managed(),
      'POST /zonalshifts': ['hang' as const, json(shift('s-1'))],
    };
    const port = await shiftsOf(script, unanswered);
    expect(await port.start(ask)).toMatchObject({ id: 's-1' });
    expect(aws.count('POST /zonalshifts')).toBe(2);
  });

  test('of two load balancers shifts the one that is left, where it was interrupted', async () => {
    const port = await shiftsOf({
      ...behind(loadBalancer, second),
      [resource(loadBalancer)]: managed(applied('s-1')),
      [resource(second)]: managed(),
      'POST /zonalshifts': json(shift('s-2', { resourceIdentifier: second })),
    });
    expect(await port.start(ask)).toMatchObject({ id: 's-1+s-2' });
    expect(aws.count('POST /zonalshifts')).toBe(1);
  });

  test('does not make somebody else’s shift its own', async () => {
    const port = await shiftsOf({
      ...behind(loadBalancer, second),
      [resource(loadBalancer)]: managed(applied('s-1', { comment: 'by hand' })),
      [resource(second)]: managed(),
      'POST /zonalshifts': json(shift('s-2', { resourceIdentifier: second })),
    });
    expect((await port.start(ask)).id).toBe('s-2');
  });
});

describe('extend and cancel', () => {
  const active = (...items: object[]) => json({ items });

  test('act on each of the shifts that are one to us', async () => {
    const port = await shiftsOf({
      'PATCH /zonalshifts/s-1': json(shift('s-1')),
      'PATCH /zonalshifts/s-2': ['reset', json(shift('s-2'))],
      'GET /zonalshifts': active(shift('s-1'), shift('s-2')),
      'DELETE /zonalshifts/s-1': json(shift('s-1')),
      'DELETE /zonalshifts/s-2': json(shift('s-2')),
    });
    await port.extend({ id: 's-1+s-2', expiresInMs: 2 * hour });
    await port.cancel({ id: 's-1+s-2' });
    const [first] = aws.calls.filter((c) => c.method === 'PATCH');
    expect(JSON.parse(first!.body)).toEqual({ expiresIn: '120m' });
    expect(aws.calls.filter((c) => c.method === 'DELETE').map((c) => c.path)).toEqual([
      '/zonalshifts/s-1',
      '/zonalshifts/s-2',
    ]);
  });

  test('what is over cannot be extended, and need not be cancelled', async () => {
    const over = refusal('ConflictException', 'ZonalShiftStatusNotActive', 409);
    const port = await shiftsOf({
      'GET /zonalshifts': active(),
      'PATCH /zonalshifts/s-1': over,
      'DELETE /zonalshifts/s-1': over,
    });
    await expect(port.extend({ id: 's-1', expiresInMs: hour })).rejects.toMatchObject({ code: 'not-found' });
    await port.cancel({ id: 's-1' });
  });

  const groupArn = (name: string) =>
    `arn:aws:autoscaling:us-west-2:123456789012:autoScalingGroup:1:autoScalingGroupName/${name}`;

  test("another team's group in the same zone keeps no shift from being cancelled", async () => {
    const port = await shiftsOf({
      'GET /zonalshifts': active(shift('s-1'), shift('s-g', { resourceIdentifier: groupArn('others') })),
      'DELETE /zonalshifts/s-1': json(shift('s-1')),
    });
    await port.cancel({ id: 's-1' });
    expect(aws.count('DELETE /zonalshifts/s-1')).toBe(1);
  });

  test("the Auto Scaling group's own shift is cancelled before its load balancer's", async () => {
    const port = await shiftsOf({
      'GET /zonalshifts': [
        json({ items: [shift('s-1')], nextToken: 'more' }),
        active(shift('s-g', { resourceIdentifier: groupArn('llm') })),
      ],
      'DELETE /zonalshifts/s-1': json(shift('s-1')),
    });
    await expect(port.cancel({ id: 's-1' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('shift s-g'),
    });
    expect(aws.count('DELETE /zonalshifts/s-1')).toBe(0);
    expect(aws.calls.at(-1)?.path).toContain('nextToken=more');
  });
});
