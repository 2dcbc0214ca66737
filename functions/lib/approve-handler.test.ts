import { createStore } from '@evac/aws';
import { incidentId, type Store } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { incident, nodeSubject, west } from '../../packages/core/src/testing/snapshot.ts';
import { createApproveHandler } from './approve-handler.ts';
import { type FunctionsWorld, lambdaContext, startFunctionsWorld } from './testing/aws.ts';
import { watchLog } from './testing/log.ts';

const id = incidentId('replace-node.llm.i-a1.1');
let aws: FunctionsWorld;
let store: Store;
let log: ReturnType<typeof watchLog>;
beforeEach(async () => {
  aws = await startFunctionsWorld();
  store = createStore({ clients: aws.world.clients({ region: west }), clock: aws.clock }, 'evac');
  log = watchLog();
});
afterEach(async () => {
  log.stop();
  await aws.close();
});
const answer = (event: unknown) =>
  createApproveHandler(() => ({ region: west, table: 'evac' }), aws.world)(event, lambdaContext());

async function waits() {
  const scope = 'llm/us-west-2/us-west-2a/i-a1';
  await store.openIncident({ incident: incident({ id, subject: nodeSubject('i-a1') }) });
  const lease = await store.acquireLease({ scope, holder: id, ttlMs: 60_000 });
  const event = { step: 'admit', phase: 'done', text: 'it is dead' } as const;
  await store.record({ id, scope, token: lease!.token, ttlMs: 60_000, event });
}

describe('a person’s answer', () => {
  it.each([
    [true, 'is approved and goes on', 'ada approved: seen it'],
    [false, 'is declined and ends', 'ada declined: seen it'],
  ])('of %s is written to the incident', async (granted, text, recorded) => {
    await waits();
    expect(await answer({ incident: id, granted, by: 'ada', reason: 'seen it' })).toEqual({
      text: `${id} ${text}`,
    });
    const events = (await store.incident({ id }))?.events ?? [];
    expect(events.at(-1)).toMatchObject({ step: 'approval', text: recorded, data: { granted, by: 'ada' } });
  });

  it('is refused with all that is missing', async () => {
    await expect(answer({ incident: id, granted: 'yes' })).rejects.toThrow(
      'the answer cannot be taken: granted is missing: true or false; by is missing: who answers; reason is missing',
    );
    expect(aws.db.calls).toEqual([]);
  });

  it('to nothing that waits is refused', async () => {
    const given = { incident: id, granted: true, by: 'ada', reason: 'seen it' };
    await expect(answer(given)).rejects.toThrow(`there is no incident ${id} in this region`);
    await waits();
    await answer(given);
    await expect(answer(given)).rejects.toThrow('does not wait for an approval');
  });
});
