import type { Notification } from '@evac/core';
import { incidentId, serviceName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure, json } from '../../packages/aws/src/testing/aws.ts';
import { settings, west } from '../../packages/core/src/testing/snapshot.ts';
import { notifyBy } from './notify.ts';
import { type FunctionsWorld, startFunctionsWorld } from './testing/aws.ts';
import { watchLog } from './testing/log.ts';

const arn = (name: string) => `arn:aws:sns:us-west-2:123456789012:${name}`;
const topics = { info: arn('info'), warning: arn('warning'), critical: arn('critical') };
const notification: Notification = {
  severity: 'critical',
  service: serviceName('llm'),
  title: 'bad-release: fleet',
  text: 'roll back',
  incident: incidentId('i'),
};
const published = {
  status: 200,
  body: '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>',
};

let aws: FunctionsWorld;
let log: ReturnType<typeof watchLog>;
beforeEach(() => {
  log = watchLog();
});
afterEach(async () => {
  log.stop();
  await aws.close();
});

async function send(
  script: FunctionsWorld['script'],
  bus: string | null,
  change: Partial<Notification> = {},
) {
  aws = await startFunctionsWorld(script);
  const context = { clients: aws.world.clients({ region: west }), services: [settings()], clock: aws.clock };
  await notifyBy({ topics, bus })(context).send({ ...notification, ...change });
}
const topicOf = () =>
  new URLSearchParams(aws.calls.find((c) => c.action === 'Publish')?.body).get('TopicArn');

describe('a notification of a function', () => {
  it.each(['info', 'warning', 'critical'] as const)('goes to the topic of %s', async (severity) => {
    await send({ Publish: published }, null, { severity });
    expect(topicOf()).toBe(topics[severity]);
    expect(aws.count('PutEvents')).toBe(0);
  });

  it('is logged and counted when one channel did not take it and the other did', async () => {
    const events = json({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
    await send({ Publish: failure('AuthorizationError', 'no'), PutEvents: events }, 'evac');
    expect(log.entries()).toMatchObject([
      { level: 'WARN', message: 'a channel did not take a notification, another did' },
      { NotifyFailures: 1, region: west },
    ]);
  });

  it('fails when no channel took it', async () => {
    await expect(send({}, null)).rejects.toThrow('telling SNS');
  });
});
