import { createSteps, type MoveInput, type StepInput } from '@evac/workflow';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRig, east, type Rig, west, zoneA } from './rig.ts';
import { groupOf } from './world.ts';

/** Moves on different subjects run beside each other, and change the size of the same group. */
let rig: Rig;
let ofZone: MoveInput;
let ofRegion: MoveInput;
beforeEach(async () => {
  rig = await createRig({}, { max: 30 });
  for (const node of rig.nodesIn(zoneA)) rig.broken.add(node);
  ofZone = rig.input('evacuate-zone', { kind: 'zone', region: west, zone: zoneA }, west);
  ofRegion = rig.input('fail-over-region', { kind: 'region', region: east }, west);
});
afterEach(() => rig.stop());

const desired = async () => (await groupOf(rig, west)).desired;
async function admitted(input: MoveInput) {
  const run = (step: string, lease: StepInput['lease'], cell = rig.cell(west)) =>
    createSteps(rig.judge)(cell, { step, execution: input.incident, input, lease, error: null });
  const lease = (await run('admit', null)).lease ?? null;
  return (step: string, cell = rig.cell(west)) => run(step, lease, cell);
}
const heldByAnother = (ttlMs: number) =>
  rig.ports(west).store.acquireLease({ scope: `size of llm-${west}`, holder: ofRegion.incident, ttlMs });

test('what one asks for between another’s reading and setting is not lost', async () => {
  const [evacuate, failOver] = [await admitted(ofZone), await admitted(ofRegion)];
  const cell = rig.cell(west);
  const { fleet } = cell.ports;
  let beside: Promise<unknown> | undefined;
  const setDesired: typeof fleet.setDesired = async (ask) => {
    beside ??= failOver('pre-scale');
    await rig.pass(500);
    await fleet.setDesired(ask);
  };
  await evacuate('make-room', { ...cell, ports: { ...cell.ports, fleet: { ...fleet, setDesired } } });
  await rig.pass(30_000);
  await beside;
  // Six nodes and the zone's two, and all of that once more for the other region's clients.
  expect(await desired()).toBe(16);
});

test.each([
  ['died', 20_000],
  ['never ends', 3_600_000],
])('a move that %s with the size in its hands keeps no other from acting', async (_, ttlMs) => {
  const evacuate = await admitted(ofZone);
  await heldByAnother(ttlMs);
  const room = evacuate('make-room');
  await rig.pass(10_000);
  expect(await desired()).toBe(6);
  await rig.pass(15_000);
  await room;
  expect(await desired()).toBe(8);
  const said = (await rig.incident(ofZone)).events.some((e) => e.text.includes('goes on without it'));
  expect(said).toBe(ttlMs > 20_000);
});

test('the size is given free at once, by a step that fails too', async () => {
  const evacuate = await admitted(ofZone);
  rig.onCall(({ method }) => (method === 'setDesired' ? new Error('Auto Scaling is away') : 'pass'));
  await expect(evacuate('make-room')).rejects.toThrow('Auto Scaling is away');
  expect(await heldByAnother(1)).not.toBeNull();
});
