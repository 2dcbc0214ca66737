import type { ServiceSettings } from '@evac/core';
import { regionName } from '@evac/core';
import { settings } from '../../../core/src/testing/snapshot.ts';
import { createClients } from '../clients.ts';
import type { PortContext } from '../context.ts';
import { createTestClock } from './clock.ts';
import { type StubCall, type StubReply, startStub } from './stub.ts';

/** What an action answers: the same each time, one after the other (the last for ever), or as the call asks. */
export type Script = StubReply | StubReply[] | ((call: StubCall, nth: number) => StubReply);

export interface StubAws {
  context: PortContext;
  url: string;
  calls: StubCall[];
  /** How often each action was called. */
  count(action: string): number;
  /** The parameters of the calls of an action, as the query protocol writes them. */
  asked(action: string): Record<string, string>[];
  close(): Promise<void>;
}

export interface StubAwsOptions {
  services?: ServiceSettings[];
  attempts?: number;
  attemptMs?: number;
}

/** For what a local server answers for sure. A busy machine may stand still for seconds, and an attempt given up would be counted. */
export const patient = { connectMs: 15_000, attemptMs: 15_000 };
/** For what is never answered, which each attempt waits out. */
export const unanswered = { ...patient, attemptMs: 1_000 };

/** A region of AWS that follows a script, by action. What it does not name is refused as an unknown action. */
export async function startAws(
  script: Record<string, Script>,
  { services = [settings()], attempts = 3, attemptMs = patient.attemptMs }: StubAwsOptions = {},
): Promise<StubAws> {
  const times = new Map<string, number>();
  const stub = await startStub((call) => {
    const nth = (times.get(call.action) ?? 0) + 1;
    times.set(call.action, nth);
    const reply = script[call.action];
    if (reply === undefined) return failure('InvalidAction', `there is no ${call.action} here`);
    if (typeof reply === 'function') return reply(call, nth);
    return Array.isArray(reply) ? (reply[Math.min(nth, reply.length) - 1] ?? 'hang') : reply;
  });
  const clients = createClients({
    region: regionName('us-west-2'),
    endpoint: stub.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...patient,
    attempts,
    attemptMs,
  });
  return {
    context: { clients, services, clock: createTestClock() },
    url: stub.url,
    calls: stub.calls,
    count: (action) => times.get(action) ?? 0,
    asked: (action) =>
      stub.calls
        .filter((c) => c.action === action)
        .map((c) => Object.fromEntries(new URLSearchParams(c.body))),
    async close() {
      clients.destroy();
      await stub.close();
    },
  };
}

type Value = string | number | boolean | Date | Value[] | { [name: string]: Value | undefined };

/** An answer of Auto Scaling or ELB. */
export function answer(action: string, result: { [name: string]: Value | undefined } = {}): StubReply {
  return xml(
    `<${action}Response><${action}Result>${write(result, 'member')}</${action}Result></${action}Response>`,
  );
}

/** An answer of EC2, in the names that it has on the wire. */
export function ec2Answer(action: string, result: { [name: string]: Value | undefined }): StubReply {
  return xml(`<${action}Response>${write(result, 'item')}</${action}Response>`);
}

/** An answer of CloudWatch, SSM or ARC. */
export function json(body: unknown, status = 200): StubReply {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/x-amz-json-1.1' } };
}

/** A refusal in the query protocol. */
export function failure(code: string, message: string, status = 400): StubReply {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return xml(`<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`, status);
}

export const throttled = failure('Throttling', 'Rate exceeded');

function xml(body: string, status = 200): StubReply {
  return { status, body, headers: { 'content-type': 'text/xml' } };
}

function write(value: Value, element: string): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((v) => `<${element}>${write(v, element)}</${element}>`).join('');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, v]) => (v === undefined ? '' : `<${name}>${write(v, element)}</${name}>`))
    .join('');
}

/** A group of two nodes in two zones, and what a test changes of it. */
export function group(change: { [name: string]: Value } = {}) {
  return {
    AutoScalingGroupName: 'llm',
    MinSize: 1,
    MaxSize: 4,
    DesiredCapacity: 2,
    AvailabilityZones: ['us-west-2b', 'us-west-2a'],
    VPCZoneIdentifier: 'subnet-a,subnet-b',
    TargetGroupARNs: [targetGroup],
    Instances: [member('i-a1'), member('i-b1', { AvailabilityZone: 'us-west-2b' })],
    ...change,
  };
}

export function member(id: string, change: { [name: string]: Value } = {}) {
  return {
    InstanceId: id,
    AvailabilityZone: 'us-west-2a',
    LifecycleState: 'InService',
    HealthStatus: 'Healthy',
    ProtectedFromScaleIn: false,
    ...change,
  };
}

export function instance(id: string, change: { [name: string]: Value } = {}) {
  return {
    instanceId: id,
    instanceState: { code: 16, name: 'running' },
    privateIpAddress: `10.0.0.${id.length}`,
    launchTime: new Date(1_699_999_000_000),
    placement: { availabilityZone: 'us-west-2a' },
    ...change,
  };
}

export const groups = (...described: ReturnType<typeof group>[]) =>
  answer('DescribeAutoScalingGroups', { AutoScalingGroups: described });

/** DescribeAutoScalingInstances: the members with the group they are of. */
export const members = (...described: ReturnType<typeof member>[]) =>
  answer('DescribeAutoScalingInstances', {
    AutoScalingInstances: described.map((m) => ({ ...m, AutoScalingGroupName: 'llm' })),
  });

export const instances = (...described: ReturnType<typeof instance>[]) =>
  ec2Answer('DescribeInstances', { reservationSet: [{ instancesSet: described }] });

const arn = 'arn:aws:elasticloadbalancing:us-west-2:123456789012';
export const targetGroup = `${arn}:targetgroup/llm/0123456789abcdef`;
export const loadBalancer = `${arn}:loadbalancer/app/llm/fedcba9876543210`;
