import { describe, expect, test } from 'vitest';
import { configNames, configs, whole } from './lib/configs.ts';
import { account } from './lib/engine/computed.ts';
import { unknownMark } from './lib/engine/wire.ts';
import { type Recorded, recorded } from './lib/recorded.ts';

/** Of AWS, or of the user, and so not in the recording. */
const theirs = [
  // Step Functions' own integrations.
  /^arn:aws:states:::/,
  /:loadbalancer\//,
  /:targetgroup\//,
  /autoScalingGroup:\*:autoScalingGroupName\//,
  /:instance\/\*$/,
  /:hostedzone\//,
  /:healthcheck\/\*$/,
  /:change\/\*$/,
  /:alarm:\*$/,
  // That the config names, for other programs to hear of moves.
  /:event-bus\//,
  // A call that Scheduler makes.
  /^arn:aws:scheduler:::aws-sdk:sqs:sendMessageBatch$/,
];

/** Every ARN in a text, without what follows it in a policy. */
function arnsIn(text: string): string[] {
  return (text.match(/arn:aws:[\w-]*:[\w-]*:\d*:[\w\-/:.*$]+/g) ?? []).map((arn) => arn.replace(/[.:]$/, ''));
}

function exists({ resources }: Recorded, arn: string): boolean {
  const bare = arn.replace(/:\*$/, '').replace(/\/stream\/(\*|.*)$/, '');
  return resources.some((r) => r.outputs.arn === bare);
}

describe.each(configNames)('%s', (name) => {
  test('has no value that nobody gave', () => {
    for (const { urn, inputs } of recorded(name).resources) {
      const text = JSON.stringify(inputs);
      for (const wrong of ['undefined', '[object Object]', 'Calling [toString]', 'NaN', unknownMark])
        expect(text, urn).not.toContain(wrong);
    }
  });

  test('names no ARN that does not exist', () => {
    const all = recorded(name);
    const named = all.resources.flatMap(({ urn, inputs }) =>
      [...new Set(arnsIn(JSON.stringify(inputs)))].map((arn) => ({ urn, arn })),
    );
    const ours = named.filter(({ arn }) => !theirs.some((form) => form.test(arn)));
    expect(ours.length).toBeGreaterThan(50);
    expect(ours.filter(({ arn }) => !exists(all, arn))).toEqual([]);
    expect(named.filter(({ arn }) => !arn.includes('::') && !arn.includes(account))).toEqual([]);
  });

  test('gives every resource in a region its tags, and the config’s, by its provider', () => {
    const { resources, providers } = recorded(name);
    const stage = name === whole ? 'production' : 'test';
    const all = {
      'evac:stage': stage,
      'sst:app': 'evac',
      'sst:stage': stage,
      ...(configs[name].includes('"team"') ? { team: 'inference' } : {}),
    };
    for (const { urn, provider, type } of resources) {
      if (!type.startsWith('aws:')) continue;
      const tags = providers.find((p) => provider?.startsWith(p.urn))?.tags;
      expect(tags, urn).toEqual(all);
    }
  });
});
