import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createHandler } from './handler.ts';
import { lambdaContext } from './testing/aws.ts';

it('leaves a run whose time is over to Lambda, which ends all that it has under way', async () => {
  const handler = createHandler('decide', () => new Promise(() => {}));
  const run = Promise.resolve(handler({}, lambdaContext(20))).then(() => 'answered');
  expect(await Promise.race([run, sleep(60, 'under way')])).toBe('under way');
});
