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
      const queue = all('Queue').find(
        (q) => q.region === region && String(q.inputs.name).endsWith('dead-letters'),
      );
      expect(inputs).toMatchObject({
        startingPosition: 'LATEST',
        functionResponseTypes: ['ReportBatchItemFailures'],
        maximumRetryAttempts: 3,
        maximumRecordAgeInSeconds: 60,
        bisectBatchOnFunctionError: true,
        destinationConfig: { onFailure: { destinationArn: queue?.outputs.arn } },
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
        retryPolicy: { maximumRetryAttempts: 0 },
      });
      for (const alarm of all('MetricAlarm')) expect(String(alarm.inputs.name).startsWith(prefix)).toBe(true);
    }
    expect(all('EventRule')).toHaveLength(regions.length);
  });
});

test('policies are to observe where the config says nothing', () => {
  for (const config of Object.values(configs)) expect(config).not.toContain('policy');
  for (const { inputs } of recorded('two-regions').all('Table')) expect(at(inputs, 'replicas')).toBeNull();
});
