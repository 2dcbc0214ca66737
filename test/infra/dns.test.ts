import { describe, expect, test } from 'vitest';
import type { Json } from './lib/engine/recording.ts';
import { recorded } from './lib/recorded.ts';

const checksOf = (name: Parameters<typeof recorded>[0]) => {
  const { all } = recorded(name);
  const byId = new Map(all('HealthCheck').map((c) => [c.id, c]));
  /** What a check says in words: `not us-west-2's /llm/us-east-1`, joined by `and`. */
  function words(id: Json | undefined): string {
    const check = byId.get(String(id));
    if (!check) return `no check ${id}`;
    const { inputs } = check;
    if (inputs.type === 'CALCULATED') {
      const children = Array.isArray(inputs.childHealthchecks) ? inputs.childHealthchecks : [];
      const all = inputs.childHealthThreshold === children.length ? 'and' : 'or';
      return children.map(words).toSorted().join(` ${all} `);
    }
    const region = /lambda-url\.(.*?)\.on\.aws$/.exec(String(inputs.fqdn))?.[1];
    return `${inputs.invertHealthcheck ? 'not ' : ''}${region}${inputs.resourcePath}`;
  }
  return { all, words };
};

describe('the health check of a region', () => {
  test('is an inverted one on the switch of the region that would take over', () => {
    const { all, words } = checksOf('two-regions-vpc-dns');
    const records = all('Record').map((r) => [r.inputs.setIdentifier, words(r.inputs.healthCheckId)]);
    expect(Object.fromEntries(records)).toEqual({
      'us-west-2': 'not us-east-1/llm/us-west-2',
      'us-east-1': 'not us-west-2/llm/us-east-1',
    });
  });

  test('needs every switch where several regions could take over', () => {
    const { all, words } = checksOf('three-regions-vpc-dns');
    const records = all('Record').map((r) => [r.inputs.setIdentifier, words(r.inputs.healthCheckId)]);
    expect(Object.fromEntries(records)).toEqual({
      'us-west-2': 'not eu-west-1/llm/us-west-2 and not us-east-1/llm/us-west-2',
      'us-east-1': 'not eu-west-1/llm/us-east-1 and not us-west-2/llm/us-east-1',
      'eu-west-1': 'not us-east-1/llm/eu-west-1 and not us-west-2/llm/eu-west-1',
    });
  });

  test('asks over TLS, every ten seconds, and turns at the second answer', () => {
    const asking = recorded('three-regions')
      .all('HealthCheck')
      .filter((c) => c.inputs.type !== 'CALCULATED');
    expect(asking).toHaveLength(6);
    for (const { inputs } of asking)
      expect(inputs).toMatchObject({
        type: 'HTTPS',
        enableSni: true,
        requestInterval: 10,
        failureThreshold: 2,
      });
  });

  test('is made where the records are not ours, and told', () => {
    const { all, outputs } = recorded('two-regions');
    expect(all('Record')).toEqual([]);
    expect(outputs.healthChecks).toEqual({
      'llm in us-west-2': expect.stringMatching(/^check-/),
      'llm in us-east-1': expect.stringMatching(/^check-/),
    });
  });

  test('is none where nobody could take over', () => {
    expect(recorded('one-region').all('HealthCheck')).toEqual([]);
  });
});

test('records are weighted, one a region, and keep the weight that a fail-back gave them', () => {
  for (const { inputs, ignoreChanges } of recorded('two-regions-vpc-dns').all('Record')) {
    expect(inputs).toMatchObject({
      zoneId: 'Z0LLM',
      name: 'llm.example.com',
      type: 'CNAME',
      ttl: 30,
      records: [`llm.${inputs.setIdentifier}.example.com`],
      weightedRoutingPolicies: [{ weight: 100 }],
    });
    expect(ignoreChanges).toEqual(['weightedRoutingPolicies']);
  }
});
