import { account, digest } from './computed.ts';
import type { Json, Properties } from './recording.ts';

/** The answer of a provider function that the program calls; throws for one that nobody has modelled, so that a test fails loudly. */
export function provided(token: string, args: Properties, region: string | null): Properties {
  switch (token) {
    case 'aws:iam/getPolicyDocument:getPolicyDocument':
      return policyDocument(args);
    case 'aws:index/getPartition:getPartition':
      return { id: 'aws', partition: 'aws', dnsSuffix: 'amazonaws.com', reverseDnsPrefix: 'com.amazonaws' };
    case 'aws:index/getRegion:getRegion':
      return { id: region, name: region, region, endpoint: '', description: '' };
    case 'aws:index/getCallerIdentity:getCallerIdentity':
      return {
        id: account,
        accountId: account,
        arn: `arn:aws:iam::${account}:user/test`,
        userId: 'AIDATEST',
      };
    // A group NAME is attached to the target group NAME, and that to the load balancer NAME.
    case 'aws:autoscaling/getGroup:getGroup':
      return {
        ...args,
        id: args.name ?? '',
        targetGroupArns: [balancerArn(region, 'targetgroup', args.name)],
      };
    case 'aws:lb/getTargetGroup:getTargetGroup': {
      const name = String(args.arn).split('/')[1] ?? '';
      return { ...args, id: name, loadBalancerArns: [balancerArn(region, 'loadbalancer/app', name)] };
    }
    default:
      throw new Error(
        `the recording engine has no answer to the provider function ${token} (${JSON.stringify(args)}): add one to provided.ts`,
      );
  }
}

function balancerArn(region: string | null, kind: string, name: Json | undefined): string {
  return `arn:aws:elasticloadbalancing:${region}:${account}:${kind}/${name}/50dc6c495c0c9188`;
}

function policyDocument(args: Properties): Properties {
  const statements = list(args.statements).map((given) => {
    const { sid, effect, actions, resources, principals, conditions } = object(given);
    return {
      ...(sid ? { Sid: sid } : {}),
      Effect: effect ?? 'Allow',
      ...(list(actions).length > 0 ? { Action: one(actions) } : {}),
      ...(list(resources).length > 0 ? { Resource: one(resources) } : {}),
      ...(list(principals).length > 0 ? { Principal: principalsOf(list(principals)) } : {}),
      ...(list(conditions).length > 0 ? { Condition: conditionsOf(list(conditions)) } : {}),
    };
  });
  const json = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const document: Properties = { id: digest(json).slice(0, 10), json, minifiedJson: json, ...args };
  // The provider leaves an empty list of statements out of its answer, and SST relies on it.
  if (statements.length === 0) delete document.statements;
  return document;
}

function principalsOf(principals: Json[]): Json {
  const entries = principals.map((p): [string, Json] => [String(object(p).type), one(object(p).identifiers)]);
  return entries.some(([type]) => type === '*') ? '*' : Object.fromEntries(entries);
}

function conditionsOf(conditions: Json[]): Properties {
  const all: Record<string, Properties> = {};
  for (const condition of conditions.map(object)) {
    const test = String(condition.test);
    all[test] = { ...all[test], [String(condition.variable)]: one(condition.values) };
  }
  return all;
}

function list(value: Json | undefined): Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function one(value: Json | undefined): Json {
  const items = list(value);
  return items.length === 1 ? (items[0] ?? null) : items;
}

function object(value: Json | undefined): Properties {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}
