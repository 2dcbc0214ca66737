import { readFileSync } from 'node:fs';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from 'vitest';
import { configNames } from './lib/configs.ts';
import { account } from './lib/engine/computed.ts';
import { type PolicyStatement, recorded, statementsOf } from './lib/recorded.ts';

const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');

/** The actions of the page's table of what is not narrowed, each a pattern: "`logs:*LogDeliver*`, `DescribeLogGroups`". */
const explained = page
  .split('## Resources that IAM does not narrow')[1]
  ?.split('\n## ')[0]
  ?.split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => {
    let service = '';
    return [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, said = '']) => {
      const [before, action] = said.includes(':') ? said.split(':') : [service, said];
      service = before ?? '';
      return new RegExp(`^${service}:${action?.replaceAll('*', '.*')}$`);
    });
  });

/** Whether it is about all of a kind, but for what lies in a thing of ours: a log's streams, a table's. */
function isWide({ Resource }: PolicyStatement): boolean {
  return Resource.some((arn) => /(?:^|[a-z][:/])\*$/.test(arn) && !/:log-group:|\/stream\/\*$/.test(arn));
}

const statements = configNames.flatMap((name) =>
  recorded(name)
    .all('Role')
    .flatMap(statementsOf)
    .filter(({ Effect }) => Effect === 'Allow'),
);
const actionsOf = (some: PolicyStatement[]) => [...new Set(some.flatMap(({ Action }) => Action))].toSorted();

/** Where IAM knows a resource that does not exist yet, or is no part of what is asked. */
const unnarrowable = [
  'cloudwatch:GetMetricData',
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:UnassignPrivateIpAddresses',
];

/** Whether IAM has resources of an action: then it judges a call on `*` as one on many. */
async function hasResources(action: string): Promise<boolean> {
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: [action], Resource: ['*'] }],
  };
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/any`,
        action,
        resource: { resource: '*', accountId: account },
        contextVariables: {},
      },
      identityPolicies: [{ name: 'any', policy }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  return result.resultType !== 'single';
}

describe('what a role may do to everything', () => {
  test('is what IAM has no resources of', async () => {
    const everything = actionsOf(statements.filter(({ Resource }) => Resource.includes('*')));
    const narrower = [];
    for (const action of everything) if (await hasResources(action)) narrower.push(action);
    expect(narrower.toSorted()).toEqual(unnarrowable);
    expect(await hasResources('autoscaling:SetDesiredCapacity')).toBe(true);
  });

  test('or to all of a kind, is explained in docs/security.md, which explains nothing else', () => {
    const wide = statements.filter(isWide);
    const unconditional = actionsOf(wide.filter((s) => !s.Condition));
    expect(explained?.length).toBeGreaterThan(10);
    expect(unconditional.filter((action) => !explained?.some((pattern) => pattern.test(action)))).toEqual([]);
    expect(explained?.filter((pattern) => !actionsOf(wide).some((action) => pattern.test(action)))).toEqual(
      [],
    );
  });
});
