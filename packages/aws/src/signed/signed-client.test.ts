import { nodeId, regionName } from '@evac/core';
import { afterEach, expect, test, vi } from 'vitest';
import { createClients } from '../clients.ts';
import { instancesById } from '../instances.ts';
import { instances, startAws } from '../testing/aws.ts';

afterEach(() => vi.unstubAllEnvs());

test('a service without its SDK client is asked where the environment says that AWS is, as the others are', async () => {
  const aws = await startAws({ DescribeInstances: instances() });
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const clients = createClients({ region: regionName('us-west-2'), credentials, attempts: 1 });
  await instancesById(clients, [nodeId('i-a1')]);
  expect(aws.count('DescribeInstances')).toBe(1);
  clients.destroy();
  await aws.close();
});
