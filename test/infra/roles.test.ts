import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from 'vitest';
import { recordedCalls } from '../recorded/recording.ts';
import { configNames, whole } from './lib/configs.ts';
import { account } from './lib/engine/computed.ts';
import type { Resource } from './lib/engine/recording.ts';
import { at, type PolicyStatement, recorded, statementsOf } from './lib/recorded.ts';
import { type Request, requestsFor } from './lib/requests.ts';
import { probes, unrecorded } from './lib/unrecorded.ts';

const roleOf = (part: string): Resource => {
  const name = `evac-production-us-west-2-${part}`;
  const [found] = recorded(whole)
    .all('Role')
    .filter((r) => r.inputs.name === name);
  if (!found) throw new Error(`there is no role ${name}`);
  return found;
};

/** What IAM would say of a call with a role's policies; what it cannot judge is an error. */
async function judged(role: Resource, { action, resource, context = {} }: Request): Promise<string> {
  const result = await runSimulation(simulation(role, { action, resource, context }), {});
  return result.resultType === 'error' ? `error: ${JSON.stringify(result.errors)}` : result.overallResult;
}

function simulation(role: Resource, { action, resource, context = {} }: Request) {
  const policy = {
    Version: '2012-10-17',
    Statement: statementsOf(role).map((statement) => ({ ...statement })),
  };
  return {
    request: {
      principal: String(role.outputs.arn),
      action,
      resource: { resource, accountId: account },
      contextVariables: context,
    },
    identityPolicies: [{ name: 'inline', policy }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
}

/** The whole config names its hosted zone, so that nobody has to look for it. */
const unneeded = ['route53:ListHostedZonesByName'];

/** Each role's requests of IAM: what its function was recorded to call on moto, and what moto cannot show. */
const asked = new Map<string, Request[]>();
for (const [name, calls] of Object.entries(recordedCalls())) {
  const made = calls.filter((call) => !unneeded.includes(call));
  const parts = name === 'probe' ? probes : [name];
  for (const part of parts) asked.set(part, made.flatMap(requestsFor));
}
for (const { roles, requests } of unrecorded) {
  for (const part of roles) asked.set(part, [...(asked.get(part) ?? []), ...requests]);
}

for (const fn of recorded(whole).all('Function')) {
  const part = String(fn.inputs.name).replace('evac-production-', '');
  // Lambda sends the traces, of the functions that are traced.
  if (at(fn.inputs, 'tracingConfig.mode') !== 'Active' || !asked.has(part)) continue;
  const tracing = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'].flatMap(requestsFor);
  asked.set(part, [...(asked.get(part) ?? []), ...tracing]);
}

const granting = ({ Effect }: PolicyStatement) => Effect === 'Allow';

const keysOfItems = 'dynamodb:LeadingKeys';

/** The least that a statement grants: one action, on one resource, on items of one pattern. */
function grantsOf(statement: PolicyStatement): { name: string; alone: PolicyStatement }[] {
  const { Action, Resource, Condition = {} } = statement;
  const conditions = Object.entries(Condition).flatMap(([test, facts]) =>
    [facts[keysOfItems] ?? []]
      .flat()
      .map((pattern) => ({ pattern, Condition: { ...Condition, [test]: { [keysOfItems]: [pattern] } } })),
  );
  const each = conditions.length > 0 ? conditions : [{ pattern: JSON.stringify(Condition), Condition }];
  return Action.flatMap((action) =>
    Resource.flatMap((resource) =>
      each.map(({ pattern, Condition }) => ({
        name: `${action} on ${resource} ${pattern}`,
        alone: { ...statement, Action: [action], Resource: [resource], Condition },
      })),
    ),
  );
}

function withOnly(role: Resource, statements: PolicyStatement[]): Resource {
  const inlinePolicies = [{ name: 'x', policy: JSON.stringify({ Statement: statements }) }];
  return { ...role, inputs: { ...role.inputs, inlinePolicies } };
}

describe.each([...asked])('the role of %s', (part, requests) => {
  test('allows every call that is made with it', async () => {
    const role = roleOf(part);
    const refused = [];
    for (const request of requests) {
      if ((await judged(role, request)) !== 'Allowed') refused.push(JSON.stringify(request));
    }
    expect(refused).toEqual([]);
  });

  test('allows nothing that is never called', async () => {
    const role = roleOf(part);
    const unused = [];
    for (const { name, alone } of statementsOf(role).filter(granting).flatMap(grantsOf)) {
      const about = requests.filter(({ action }) => alone.Action.includes(action));
      const results = await Promise.all(about.map((request) => judged(withOnly(role, [alone]), request)));
      if (!results.includes('Allowed')) unused.push(name);
    }
    expect(unused).toEqual([]);
  });

  test('needs every statement that it has', async () => {
    const role = roleOf(part);
    const statements = statementsOf(role);
    for (const left of statements.filter(granting)) {
      const without = withOnly(
        role,
        statements.filter((s) => s !== left),
      );
      const about = requests.filter(({ action }) => left.Action.includes(action));
      const results = await Promise.all(about.map((request) => judged(without, request)));
      expect(
        results.some((result) => result !== 'Allowed'),
        JSON.stringify(left),
      ).toBe(true);
    }
  });
});

test('every role of a region is held against its calls', () => {
  const names = recorded(whole)
    .all('Role')
    .filter((r) => r.region === 'us-west-2')
    .map((r) => String(r.inputs.name).replace('evac-production-us-west-2-', ''));
  expect(names.toSorted()).toEqual([...asked.keys()].toSorted());
});

describe('nothing reaches what is not of the config', () => {
  const other = (service: string, resource: string) => `arn:aws:${service}:us-west-2:${account}:${resource}`;
  const key = (pk: string) => ({ 'dynamodb:LeadingKeys': [pk] });
  const store = other('dynamodb', 'table/evac-production-store');
  test.each<[string, Request]>([
    [
      'fleet',
      {
        action: 'autoscaling:SetDesiredCapacity',
        resource: other('autoscaling', 'autoScalingGroup:0a:autoScalingGroupName/shop'),
      },
    ],
    [
      'traffic',
      {
        action: 'elasticloadbalancing:DeregisterTargets',
        resource: other('elasticloadbalancing', 'targetgroup/shop/50dc6c495c0c9188'),
      },
    ],
    [
      'traffic',
      {
        action: 'arc-zonal-shift:StartZonalShift',
        resource: other('elasticloadbalancing', 'loadbalancer/app/shop/50dc6c495c0c9188'),
      },
    ],
    [
      'traffic',
      {
        action: 'route53:ChangeResourceRecordSets',
        resource: 'arn:aws:route53:::hostedzone/Z0LLM',
        context: {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['shop.example.com'],
          'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
        },
      },
    ],
    [
      'traffic',
      {
        action: 'route53:ChangeResourceRecordSets',
        resource: 'arn:aws:route53:::hostedzone/Z0LLM',
        context: {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['llm.example.com'],
          'route53:ChangeResourceRecordSetsActions': ['DELETE'],
        },
      },
    ],
    [
      'restart',
      {
        action: 'ssm:SendCommand',
        resource: other('ec2', 'instance/i-0b'),
        context: { 'aws:ResourceTag/aws:autoscaling:groupName': 'shop' },
      },
    ],
    ['restart', { action: 'ssm:SendCommand', resource: other('ssm', 'document/run-anything') }],
    ['probe-us-west-2a', { action: 'dynamodb:PutItem', resource: store, context: key('switch#llm') }],
    ['probe-us-west-2a', { action: 'dynamodb:Query', resource: store, context: key('incident#i') }],
    [
      'probe-us-west-2a',
      { action: 'sqs:ReceiveMessage', resource: other('sqs', 'evac-production-probe-us-west-2b') },
    ],
    [
      'probe-us-west-2a',
      { action: 'sqs:SendMessage', resource: other('sqs', 'evac-production-probe-us-west-2a') },
    ],
    [
      'span-scheduler',
      { action: 'lambda:InvokeFunction', resource: other('lambda', 'function:evac-production-decide') },
    ],
    ['switch', { action: 'dynamodb:GetItem', resource: store, context: key('incident#i') }],
    ['prove', { action: 'dynamodb:PutItem', resource: store, context: key('switch#llm') }],
    ['decide', { action: 'dynamodb:PutItem', resource: store, context: key('switch#llm') }],
    [
      'fleet',
      {
        action: 'dynamodb:PutItem',
        resource: store.replace('us-west-2', 'us-east-1'),
        context: key('targets#llm'),
      },
    ],
  ])('%s: %j', async (part, call) => {
    expect(await judged(roleOf(part), call)).toBe('ImplicitlyDenied');
  });
});

describe.each(configNames)('in %s', (name) => {
  test('every role trusts one service of AWS and nobody else', () => {
    const services = recorded(name)
      .all('Role')
      .map(({ inputs, name: role }) => {
        const trust = JSON.parse(String(inputs.assumeRolePolicy));
        expect(trust.Statement, role).toHaveLength(1);
        const [{ Effect, Action, Principal }] = trust.Statement;
        expect({ Effect, Action, by: Object.keys(Principal) }, role).toEqual({
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          by: ['Service'],
        });
        return Principal.Service;
      });
    expect([...new Set(services)].toSorted()).toEqual([
      'lambda.amazonaws.com',
      'scheduler.amazonaws.com',
      'states.amazonaws.com',
    ]);
  });

  test('no role has a policy of AWS, or an action with a star', () => {
    for (const role of recorded(name).all('Role')) {
      expect(role.inputs.managedPolicyArns ?? [], role.name).toEqual([]);
      for (const { Action } of statementsOf(role)) {
        for (const action of Action) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
      }
    }
  });

  test('every function has a role of its own', () => {
    const { all } = recorded(name);
    const roles = all('Function').map((f) => f.inputs.role);
    expect(new Set(roles).size).toBe(all('Function').length);
  });
});

test('a zone’s probe leaves to Lambda what Lambda needs for its subnet: its own code is denied it', async () => {
  const zoneProbes = probes.filter((part) => part !== 'probe-outside');
  expect(zoneProbes).toHaveLength(3);
  for (const part of zoneProbes) {
    const role = roleOf(part);
    const fn = `arn:aws:lambda:us-west-2:${account}:function:evac-production-${part}`;
    const ofLambda = (asked.get(part) ?? []).filter(({ action }) => action.startsWith('ec2:'));
    expect(ofLambda).toHaveLength(6);
    for (const request of ofLambda) {
      expect(await judged(role, request), request.action).toBe('Allowed');
      const byItsCode = { ...request, context: { 'lambda:SourceFunctionArn': fn } };
      expect(await judged(role, byItsCode), request.action).toBe('ExplicitlyDenied');
    }
  }
});
