import { expect, test } from 'vitest';
import { leaseHeld } from './lease-held.ts';
import { createStage, moveOf, nodeOf, ofNode, west, zoneA } from './testing/stage.ts';

const subject = ofNode(zoneA);
const terminate = (stage: ReturnType<typeof createStage>, by: ReturnType<typeof stage.step>) =>
  stage.call('fleet', 'terminate', { node: nodeOf(zoneA), decrement: true }, undefined, { by });

function begun() {
  const stage = createStage(leaseHeld());
  const move = stage.open(moveOf('replace-node', subject));
  stage.lease(move);
  return { stage, move };
}

test('silent while the holder of the newest token acts', () => {
  const { stage, move } = begun();
  expect(terminate(stage, stage.step(move, 'retire'))).toBeNull();
});

test('silent when a step took the lease itself', () => {
  const { stage, move } = begun();
  const by = stage.step(move, 'hold');
  stage.lease(move, by);
  expect(terminate(stage, by)).toBeNull();
});

test('a lease on something else, as on a group’s size, is no token of a move, nor keeps it from having one', () => {
  const { stage, move } = begun();
  const by = stage.step(move, 'retire');
  const ask = { scope: 'size of llm', holder: move.id, ttlMs: 1_000 };
  const lease = { scope: ask.scope, holder: move.id, token: 7, expiresAt: 1_000 };
  expect(stage.call('store', 'acquireLease', ask, lease, { by })).toBeNull();
  expect(terminate(stage, by)).toBeNull();
  stage.at(60_000).lease(move);
  expect(terminate(stage.at(61_000), by)).toContain('while token 2 was given');
});

test('complains of a token that was followed by a newer one', () => {
  const { stage, move } = begun();
  const old = stage.step(move, 'retire');
  stage.at(60_000).lease(move);
  expect(terminate(stage.at(61_000), old)).toMatch(
    /with token 1 of chat\/us-west-2.* while token 2 was given .*1s before/,
  );
});

test('silent about a run that had just proven its token when another run of its incident took a newer one', () => {
  const overtaken = (actsAt: number) => {
    const { stage, move } = begun();
    const old = stage.step(move, 'retire');
    stage.at(60_000).record(move, { step: 'retire', phase: 'intent' }, old);
    stage.at(60_100).lease(move);
    return terminate(stage.at(actsAt), old);
  };
  expect(overtaken(60_200)).toBeNull();
  expect(overtaken(75_000)).toContain('while token 2 was given');
});

test('complains once the lease has expired, and not after a write renewed it', () => {
  const { stage, move } = begun();
  const by = stage.step(move, 'retire');
  stage.at(590_000).record(move, { step: 'retire', phase: 'intent' }, by);
  expect(terminate(stage.at(700_000), by)).toBeNull();
  expect(terminate(stage.at(1_200_000), by)).toMatch(/10s after its lease had expired/);
});

test('complains after the lease was given back', () => {
  const { stage, move } = begun();
  const by = stage.step(move, 'retire');
  const scope = by.token?.scope ?? '';
  stage.call('store', 'releaseLease', { scope, token: 1 }, undefined, { by });
  expect(terminate(stage.at(1_000), by)).toContain('given back');
});

test('complains of an act without a lease, or of anything but a step', () => {
  const { stage, move } = begun();
  expect(terminate(stage, { ...stage.step(move, 'retire'), token: null })).toContain('without a lease');
  expect(terminate(stage, { kind: 'judge', region: west })).toContain('only a step may act');
});

test("complains of the lease on another subject's scope", () => {
  const { stage, move } = begun();
  const other = stage.open(moveOf('replace-node', ofNode(zoneA, 1)));
  stage.lease(other);
  const by = { ...stage.step(move, 'retire'), token: stage.step(other, 'retire').token ?? null };
  expect(terminate(stage, by)).toContain('while its subject is');
});

test('says nothing of a call that had no effect', () => {
  const { stage, move } = begun();
  const by = { ...stage.step(move, 'retire'), token: null };
  const ask = { node: nodeOf(zoneA), decrement: true };
  expect(stage.call('fleet', 'terminate', ask, undefined, { by, error: 'throttled' })).toBeNull();
});
