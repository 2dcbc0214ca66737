import { describe, expect, test } from 'vitest';
import { configNames, configs, whole } from './lib/configs.ts';
import type { Resource } from './lib/engine/recording.ts';
import { at, joinsRegions, recorded, statementsOf } from './lib/recorded.ts';

/** Regions that a resource's inputs name, in ARNs and endpoints of services. */
function regionsIn({ inputs }: Resource): string[] {
  const text = JSON.stringify(inputs);
  const arns = text.match(/arn:aws:[\w-]+:[a-z]{2}-[a-z]+-\d/g) ?? [];
  return [...new Set(arns.map((arn) => arn.split(':')[3] ?? ''))];
}

describe.each(configNames)('the cells of %s', (name) => {
  const { resources, all } = recorded(name);
  const regions = [...new Set(all('Table').map((t) => String(t.region)))];

  test('name nothing of another region, but for the tables that their peers let them read', () => {
    for (const resource of resources.filter((r) => r.region && !joinsRegions(r))) {
      const others = regionsIn(resource).filter((region) => region !== resource.region);
      if (!resource.type.endsWith(':Role')) {
        expect(others, resource.urn).toEqual([]);
        continue;
      }
      const reaching = statementsOf(resource).filter(({ Resource }) =>
        Resource.some((arn) => others.some((region) => arn.includes(`:${region}:`))),
      );
      for (const { Action } of reaching)
        expect(Action, resource.urn).toEqual(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query']);
    }
  });

  test('wait for nothing of another region when they are deployed', () => {
    const regionOf = new Map(resources.map((r) => [r.urn, r.region]));
    for (const { urn, region, type, dependencies } of resources.filter((r) => r.region)) {
      if (joinsRegions({ type })) continue;
      for (const dependency of dependencies) {
        const other = regionOf.get(dependency);
        if (other) expect(other, `${urn} waits for ${dependency}`).toBe(region);
      }
    }
  });

  test('have a table each, under one name, that forgets, remembers and streams', () => {
    expect(regions).toHaveLength(name.startsWith('one') ? 1 : name.startsWith('two') ? 2 : 3);
    const production = name === whole;
    for (const { inputs, protect, retainOnDelete } of all('Table')) {
      expect(inputs).toMatchObject({
        name: production ? 'evac-production-store' : 'evac-test-store',
        billingMode: 'PAY_PER_REQUEST',
        ttl: { attributeName: 'ttl', enabled: true },
        pointInTimeRecovery: { enabled: true },
        streamEnabled: true,
        streamViewType: 'NEW_IMAGE',
        deletionProtectionEnabled: production,
      });
      expect({ protect, retainOnDelete }).toEqual({ protect: production, retainOnDelete: production });
    }
  });

  test('have a way to the store from the subnets, and no way in', () => {
    const vpc = name.includes('vpc');
    expect(
      all('VpcEndpoint')
        .map((e) => String(e.inputs.serviceName))
        .toSorted(),
    ).toEqual(
      (vpc ? regions : [])
        .flatMap((r) => ['dynamodb', 's3'].map((s) => `com.amazonaws.${r}.${s}`))
        .toSorted(),
    );
    expect(all('SecurityGroup')).toHaveLength(vpc ? regions.length : 0);
    for (const { inputs } of all('SecurityGroup')) expect(inputs.ingress ?? []).toEqual([]);
  });

  test('hand what decide could not do to the dead letters, after three tries and a minute', () => {
    const ofStream = all('EventSourceMapping').filter((m) =>
      /:decide|-decide$/.test(String(m.inputs.functionName)),
    );
    expect(ofStream).toHaveLength(regions.length);
    for (const { inputs, region } of ofStream) {
      expect(inputs).toMatchObject({
        startingPosition: 'LATEST',
        functionResponseTypes: ['ReportBatchItemFailures'],
        maximumRetryAttempts: 3,
        maximumRecordAgeInSeconds: 60,
        bisectBatchOnFunctionError: true,
        destinationConfig: { onFailure: { destinationArn: deadLettersOf(region)?.outputs.arn } },
      });
      expect(JSON.stringify(inputs.filterCriteria)).toContain('observation#');
    }
  });

  test('wake decide by every alarm that goes off but our own', () => {
    for (const { inputs, region } of all('EventRule')) {
      const prefix = name === whole ? 'evac-production-' : 'evac-test-';
      expect(JSON.parse(String(inputs.eventPattern))).toEqual({
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        detail: { alarmName: [{ 'anything-but': { prefix } }], state: { value: ['ALARM'] } },
      });
      const [target] = all('EventTarget').filter((t) => t.region === region);
      const decide = all('Function').find(
        (f) => f.region === region && String(f.inputs.name).endsWith('-decide'),
      );
      expect(target?.inputs).toMatchObject({
        arn: decide?.outputs.arn,
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
        deadLetterConfig: { arn: deadLettersOf(region)?.outputs.arn },
      });
      for (const alarm of all('MetricAlarm')) expect(String(alarm.inputs.name).startsWith(prefix)).toBe(true);
    }
    expect(all('EventRule')).toHaveLength(regions.length);
  });

  test('let nobody start a function but that rule decide, and strangers the switch by its URL', () => {
    for (const region of regions) {
      const here = (type: string) => all(type).filter((r) => r.region === region);
      const [rule] = here('EventRule');
      const may = here('Permission').map(({ inputs }) => ({
        ...inputs,
        function: String(inputs.function).replace(/^evac-[a-z]+-/, ''),
        __defaults: undefined,
      }));
      expect(may).toHaveLength(3);
      expect(may).toContainEqual({
        function: 'decide',
        action: 'lambda:InvokeFunction',
        principal: 'events.amazonaws.com',
        sourceArn: rule?.outputs.arn,
      });
      // Both are needed: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
      const stranger = { function: 'switch', principal: '*' };
      expect(may).toContainEqual({
        ...stranger,
        action: 'lambda:InvokeFunction',
        invokedViaFunctionUrl: true,
      });
      expect(may).toContainEqual({
        ...stranger,
        action: 'lambda:InvokeFunctionUrl',
        functionUrlAuthType: 'NONE',
      });
      expect(here('FunctionUrl').map(({ inputs }) => inputs.functionName)).toEqual([
        expect.stringMatching(/-switch$/),
      ]);
    }
  });

  test('keep what nobody could do in the dead letters, which take it from that rule', () => {
    for (const region of regions) {
      const here = (type: string) => all(type).filter((r) => r.region === region);
      const deadLetters = deadLettersOf(region);
      const [rule] = here('EventRule');
      const [policy, ...more] = here('QueuePolicy');
      expect(more).toEqual([]);
      expect(policy?.inputs.queueUrl).toBe(deadLetters?.outputs.url);
      expect(JSON.parse(String(policy?.inputs.policy)).Statement).toEqual([
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: deadLetters?.outputs.arn,
          Condition: { ArnEquals: { 'aws:SourceArn': rule?.outputs.arn } },
        },
      ]);
      expect(deadLetters?.inputs.messageRetentionSeconds).toBe(14 * 86_400);
      const kept = here('FunctionEventInvokeConfig').flatMap(({ inputs }) => {
        const destination = at(inputs, 'destinationConfig.onFailure.destination');
        return destination === null ? [] : [[inputs.functionName, destination]];
      });
      expect(kept.toSorted()).toEqual(
        here('Function')
          .filter(({ inputs }) => /-(decide|discover)$/.test(String(inputs.name)))
          .map(({ inputs }) => [inputs.name, deadLetters?.outputs.arn])
          .toSorted(),
      );
    }
  });

  function deadLettersOf(region: Resource['region']): Resource | undefined {
    return all('Queue').find((q) => q.region === region && String(q.inputs.name).endsWith('-dead-letters'));
  }
});

test('policies are to observe where the config says nothing', () => {
  for (const config of Object.values(configs)) expect(config).not.toContain('policy');
  for (const { inputs } of recorded('two-regions').all('Table')) expect(at(inputs, 'replicas')).toBeNull();
});
