import { createSteps, type MoveInput, type StepInput } from '@evac/workflow';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRig, east, type Rig, west } from './rig.ts';
import { groupOf } from './world.ts';

/** A run of a step that its machine has given up goes on beside what comes next, with the same token. */
let rig: Rig;
let input: MoveInput;
let lease: StepInput['lease'];
beforeEach(async () => {
  rig = await createRig({}, { max: 30 });
  rig.down.add(west);
  input = rig.input('fail-over-region', { kind: 'region', region: west }, east);
  lease = (await run('admit')).lease ?? null;
});
afterEach(() => rig.stop());

function run(step: string, judge = rig.judge, cell = rig.cell(east)) {
  const error = { Error: 'States.Timeout', Cause: 'States.Timeout' };
  return createSteps(judge)(cell, { step, execution: input.incident, input, lease, error });
}

/** A run of the step that has begun, and goes on to its end when it is called. */
async function pausedInPreScale(): Promise<() => Promise<unknown>> {
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const slow: Rig['judge'] = {
    ...rig.judge,
    async stillNeeded() {
      asked.resolve();
      await answered.promise;
      return 'confirmed';
    },
  };
  const late = run('pre-scale', slow);
  await asked.promise;
  return () => {
    answered.resolve();
    return late;
  };
}

test('what would begin only when the move has turned round is not done', async () => {
  const late = await pausedInPreScale();
  await run('undo-traffic');
  await run('undo-fleet');
  await expect(late()).rejects.toMatchObject({ name: 'GiveUp', message: 'States.Timeout' });
  await run('close');
  expect((await groupOf(rig, east)).desired).toBe(6);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
});

test('a run that plans beside another one goes by the plan that was written first', async () => {
  const late = await pausedInPreScale();
  await run('pre-scale');
  expect((await groupOf(rig, east)).desired).toBe(12);
  await late();
  expect((await groupOf(rig, east)).desired).toBe(12);
  await run('undo-fleet');
  expect((await groupOf(rig, east)).desired).toBe(6);
});

test('what was done after the undoing had read the incident is undone', async () => {
  const cell = rig.cell(east);
  const { store } = cell.ports;
  let readOnce = false;
  const incident: typeof store.incident = async (ask) => {
    const read = await store.incident(ask);
    if (!readOnce) await run('pre-scale');
    readOnce = true;
    return read;
  };
  await run('undo-fleet', rig.judge, { ...cell, ports: { ...cell.ports, store: { ...store, incident } } });
  expect(rig.calls.filter((c) => c.method === 'setDesired')).toHaveLength(2);
  expect((await groupOf(rig, east)).desired).toBe(6);
});
