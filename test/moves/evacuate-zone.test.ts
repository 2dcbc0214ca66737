import type { Incident } from '@evac/core';
import type { MoveInput } from '@evac/workflow';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, east, type Rig, service, west, zoneA, zoneB, zoneC } from './rig.ts';
import { groupOf, isLeaseFree, story, worldOf } from './world.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
  for (const node of rig.nodesIn(zoneA)) rig.broken.add(node);
});
afterEach(() => rig.stop());

const zone = { kind: 'zone', region: west, zone: zoneA } as const;
const evacuate = (more: Partial<MoveInput> = {}) => rig.input('evacuate-zone', zone, west, more);
const failBack = (more: Partial<MoveInput> = {}) => rig.input('fail-back', zone, west, more);

const has = (incident: Incident, line: string) => story(incident).includes(line);
const shifts = () => rig.ports(west).zonalShift.list({ service });
const registeredInA = async () =>
  (await rig.ports(west).balancer.health({ service })).filter(
    (t) => t.zone === zoneA && t.state !== 'draining',
  );

/** Starts the move and waits until it counts as recovered: it holds from then on. */
async function evacuated(input = evacuate()): Promise<MoveInput> {
  await rig.start(input);
  await rig.pass(180_000);
  expect(has(await rig.incident(input), 'prove done')).toBe(true);
  return input;
}
const mend = () => rig.broken.clear();

test('traffic leaves first, then the fleet is kept out of the zone and room is made', async () => {
  const input = await evacuated();
  const incident = await rig.incident(input);
  const order = [
    'shift done',
    'shift-applied done',
    'suspend-rebalance done',
    'keep-launches-out done',
    'make-room done',
  ];
  expect(story(incident).filter((line) => order.includes(line))).toEqual(order);
  expect(incident.closedAt).toBeNull();
  expect((await shifts()).map((s) => [s.awayFrom, s.applied])).toEqual([[`${zoneA}-id`, true]]);
  expect(await groupOf(rig, west)).toMatchObject({
    zones: [zoneB, zoneC],
    desired: 8,
    suspended: ['AZRebalance'],
  });
  expect([rig.nodesIn(zoneA), rig.nodesIn(zoneB), rig.nodesIn(zoneC)].map((n) => n.length)).toEqual([
    2, 3, 3,
  ]);
});

test('the zone is held for as long as nobody fails it back', async () => {
  const input = await evacuated();
  await rig.pass(6 * 3_600_000);
  expect((await rig.incident(input)).closedAt).toBeNull();
  expect(await shifts()).toHaveLength(1);
});

test('the hold ends before an execution has more events than it may have, and calls a person', async () => {
  const input = await evacuated(evacuate({ waits: { pollSeconds: 5, holdSeconds: 5 } }));
  await rig.pass(3 * 3_600_000);
  const incident = await rig.incident(input);
  expect(incident.events.at(-1)?.text).toContain('is not watched any longer');
  const looks = rig.events.filter(
    (e) => e.kind === 'state-entered' && e.state === 'Wait while the zone is held empty',
  );
  // Nine events each, of 25,000: three states entered and left, and the task's own three.
  expect(looks.length).toBeGreaterThan(1_900);
  expect(looks.length * 9).toBeLessThan(20_000);
  expect(rig.notifications().map((n) => n.text)).toContainEqual(
    expect.stringMatching(/^critical: us-west-2a is out and nobody holds it/),
  );
  const [left] = await shifts();
  expect(left?.expiresAt).toBeGreaterThan(incident.closedAt! + 2.9 * 86_400_000);
});

test('a fail-back gives the zone its traffic, its launches and its size back, and ends the hold', async () => {
  mend();
  const before = await worldOf(rig);
  for (const node of rig.nodesIn(zoneA)) rig.broken.add(node);
  const held = await evacuated();
  mend();
  const back = failBack();
  await rig.run(back);
  expect(await rig.incident(back)).toMatchObject({ outcome: 'recovered' });
  await rig.pass(120_000);
  expect(await rig.incident(held)).toMatchObject({ outcome: 'recovered' });
  const after = await worldOf(rig);
  expect(after.regions[0]).toMatchObject({
    desired: before.regions[0]!.desired,
    suspended: [[]],
    shifted: [],
    serving: 6,
  });
  expect(after.regions[0]!.zones[0]!.toSorted()).toEqual([zoneA, zoneB, zoneC]);
  expect(await isLeaseFree(rig, held)).toBe(true);
});

test('an evacuation that goes on after an interruption does not keep a fail-back waiting', async () => {
  const held = await evacuated();
  mend();
  rig.restart();
  const back = failBack();
  // The evacuation has the lease as it begins again; the fail-back is opened before it comes to its hold.
  rig.onCall((call) => {
    if (call.method === 'acquireLease' && !begun) begun = rig.start(back);
    return 'pass';
  });
  let begun: Promise<unknown> | null = null;
  await rig.start(held, `${held.incident}.r1`);
  await rig.pass(300_000);
  expect(await rig.incident(back)).toMatchObject({ outcome: 'recovered' });
  await rig.pass(120_000);
  expect(await rig.incident(held)).toMatchObject({ outcome: 'recovered' });
});

test('an act that could not be undone is in the record before the next one is', async () => {
  rig.cloud.setCapacity(zoneB, 0);
  rig.cloud.setCapacity(zoneC, 0);
  for (const z of [zoneB, zoneC]) for (const node of rig.nodesIn(z)) rig.broken.add(node);
  let undoing = false;
  const order: string[] = [];
  rig.onCall((call) => {
    undoing ||= rig.results.at(-1)?.step === 'undo-traffic';
    if (!undoing || !['record', 'setZones', 'resume'].includes(call.method)) return 'pass';
    const isFirst = call.method === 'setZones' && !order.includes('setZones');
    order.push(call.method);
    return isFirst ? new Error('the connection was lost') : 'pass';
  });
  const input = evacuate();
  await rig.run(input);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
  expect(order.slice(order.indexOf('setZones')).slice(0, 3)).toEqual(['setZones', 'record', 'resume']);
  expect((await rig.incident(input)).events.map((e) => e.text)).toContain(
    'keep-launches-out: the connection was lost',
  );
});

test('a run that died as it put the zone back is followed by one that asks for it again', async () => {
  await evacuated();
  mend();
  const asked: number[] = [];
  rig.onCall(({ method, n }) => {
    if (method !== 'setZones') return 'pass';
    asked.push(n);
    return asked.length === 1 ? 'kill-after' : 'pass';
  });
  const back = failBack();
  expect(await rig.run(back)).toBe('killed');
  rig.restart();
  await rig.run(back, `${back.incident}.r1`);
  expect(await rig.incident(back)).toMatchObject({ outcome: 'recovered' });
  expect(asked).toHaveLength(2);
});

test('a fail-back gives back as much room as was made, whatever else was asked for meanwhile', async () => {
  await evacuated();
  const { fleet } = rig.ports(west);
  await fleet.setDesired({ group: 'llm-us-west-2', desired: 10 });
  await rig.pass(300_000);
  mend();
  await rig.run(failBack());
  await rig.pass(120_000);
  expect((await worldOf(rig)).regions[0]!.desired).toEqual([8]);
});

describe('room that two moves have made', () => {
  const failOver = { kind: 'region', region: east } as const;
  const desired = async () => (await groupOf(rig, west)).desired;
  async function withMost(max: number): Promise<void> {
    rig.stop();
    rig = await createRig({}, { max });
    for (const node of rig.nodesIn(zoneA)) rig.broken.add(node);
  }

  test.each(['the zone', 'the region'])('is given back whole when %s is failed back first', async (first) => {
    await withMost(9);
    await evacuated();
    expect(await desired()).toBe(8);
    rig.down.add(east);
    await rig.run(rig.input('fail-over-region', failOver, west));
    expect(await desired()).toBe(9);
    mend();
    rig.down.clear();
    await rig.pass(120_000);
    const ofRegion = () => rig.run(rig.input('fail-back', failOver, west));
    if (first === 'the region') await ofRegion();
    await rig.run(failBack());
    if (first === 'the zone') await ofRegion();
    expect(await desired()).toBe(6);
  });

  test('is given back although a replacement was beside an old node when it was made', async () => {
    await withMost(8);
    const [sick] = rig.nodesIn(zoneB);
    rig.broken.add(sick!);
    const replace = rig.input('replace-node', { kind: 'node', region: west, zone: zoneB, node: sick! }, west);
    await rig.start(replace);
    await rig.until(() => rig.nodesIn(zoneB).length === 3);
    await evacuated();
    expect(await rig.incident(replace)).toMatchObject({ outcome: 'recovered' });
    mend();
    await rig.run(failBack());
    expect(await desired()).toBe(6);
  });

  /** Another move sets the size while a step that has read it writes its record. */
  function setsMeanwhile(afterStep: string, size: number): void {
    let done = false;
    rig.onCall((call) => {
      if (!done && call.method === 'record' && rig.results.at(-1)?.step === afterStep) {
        done = true;
        void rig.ports(west).fleet.setDesired({ group: 'llm-us-west-2', desired: size });
      }
      return 'pass';
    });
  }

  test('is made on top of what another move changes meanwhile', async () => {
    setsMeanwhile('keep-launches-out', 5);
    await evacuated();
    expect(await desired()).toBe(7);
  });

  test('is given back from what another move changes meanwhile', async () => {
    await evacuated();
    setsMeanwhile('prove', 9);
    mend();
    await rig.pass(120_000);
    await rig.run(failBack());
    expect(await desired()).toBe(7);
  });

  test('is not taken from what a person has lowered in between', async () => {
    await evacuated();
    rig.down.add(east);
    await rig.run(rig.input('fail-over-region', failOver, west));
    await rig.ports(west).fleet.setDesired({ group: 'llm-us-west-2', desired: 7 });
    mend();
    rig.down.clear();
    await rig.pass(300_000);
    await rig.run(failBack());
    await rig.run(rig.input('fail-back', failOver, west));
    expect(await desired()).toBe(6);
  });
});

test('AZRebalance runs again when a replacement ends between a fail-back and the end of its hold', async () => {
  const held = await evacuated();
  const [sick] = rig.nodesIn(zoneB);
  rig.broken.add(sick!);
  const replace = rig.input('replace-node', { kind: 'node', region: west, zone: zoneB, node: sick! }, west);
  await rig.start(replace);
  await rig.until(() => rig.nodesIn(zoneB).length === 4);
  for (const node of rig.nodesIn(zoneA)) rig.broken.delete(node);
  await rig.run(failBack());
  // Only the hold takes a lease from here on.
  rig.onCall((call) => (call.method === 'acquireLease' ? new Error('the store is away') : 'pass'));
  await rig.over(replace.incident);
  expect((await rig.incident(held)).closedAt).toBeNull();
  rig.onCall(() => 'pass');
  expect(await rig.incident(replace)).toMatchObject({ outcome: 'recovered' });
  await rig.pass(300_000);
  expect(await rig.incident(held)).toMatchObject({ outcome: 'recovered' });
  expect((await groupOf(rig, west)).suspended).toEqual([]);
});

test('a zone that lost its nodes while it was held gets its traffic back, and then nodes', async () => {
  const held = await evacuated();
  await rig.pass(300_000);
  // Scaling in ends nodes first where launches are not allowed any more.
  await rig.ports(west).fleet.setDesired({ group: 'llm-us-west-2', desired: 6 });
  await rig.pass(300_000);
  expect(rig.nodesIn(zoneA)).toEqual([]);
  const back = failBack();
  rig.say(() => 'recovered');
  await rig.run(back);
  expect(await rig.incident(back)).toMatchObject({ outcome: 'recovered' });
  await rig.pass(600_000);
  expect(await rig.incident(held)).toMatchObject({ outcome: 'recovered' });
  expect(rig.nodesIn(zoneA)).toHaveLength(2);
});

test('a fail-back of a zone that does not answer changes nothing, and the hold goes on', async () => {
  const held = await evacuated();
  const before = await worldOf(rig);
  const back = failBack();
  await rig.run(back);
  expect(await rig.incident(back)).toMatchObject({ outcome: 'reverted' });
  await rig.pass(600_000);
  expect(await worldOf(rig)).toEqual(before);
  expect((await rig.incident(held)).closedAt).toBeNull();
});

test('a zone that fails again in its fail-back goes out again', async () => {
  const held = await evacuated();
  mend();
  const before = await worldOf(rig);
  const nodes = rig.nodesIn(zoneA);
  rig.onCall((call) => {
    if (call.method === 'cancel') for (const node of nodes) rig.broken.add(node);
    return 'pass';
  });
  const back = failBack();
  await rig.run(back);
  const incident = await rig.incident(back);
  expect(incident.outcome).toBe('reverted');
  expect(has(incident, 'return-traffic undone')).toBe(true);
  await rig.pass(120_000);
  const { regions } = await worldOf(rig);
  expect(regions[0]).toMatchObject({ ...before.regions[0], serving: expect.any(Number) });
  expect((await rig.incident(held)).closedAt).toBeNull();
});

test('a shift that a person cancels ends the hold, and the groups are as they were', async () => {
  mend();
  const before = await worldOf(rig);
  for (const node of rig.nodesIn(zoneA)) rig.broken.add(node);
  const held = await evacuated();
  mend();
  const [shift] = await shifts();
  await rig.ports(west).zonalShift.cancel({ id: shift!.id });
  await rig.pass(180_000);
  expect(await rig.incident(held)).toMatchObject({ outcome: 'recovered' });
  const after = await worldOf(rig);
  expect(after.regions[0]).toMatchObject({ desired: before.regions[0]!.desired, suspended: [[]] });
  expect(after.regions[0]!.zones[0]!.toSorted()).toEqual([zoneA, zoneB, zoneC]);
});

test('a shift that ran out while nobody held the zone is started again once it is called impaired', async () => {
  const held = await evacuated();
  rig.restart();
  await rig.pass(3_600_000);
  expect(await shifts()).toEqual([]);
  rig.say(() => 'waiting');
  await rig.start(held, `${held.incident}.r1`);
  await rig.pass(300_000);
  expect(await shifts()).toEqual([]);
  rig.say(() => 'confirmed');
  await rig.pass(120_000);
  expect((await shifts()).map((s) => s.awayFrom)).toEqual([`${zoneA}-id`]);
});

describe('where a zonal shift is not to be had', () => {
  beforeEach(async () => {
    const { zonalShift } = rig.ports(west);
    const awayFrom = rig.settings.regions[0]!.zones[2]!.id;
    await zonalShift.start({ service, awayFrom, expiresInMs: 86_400_000, comment: 'a person’s' });
  });

  test('the zone’s targets are taken out, and put back by the fail-back', async () => {
    const held = await evacuated();
    expect(has(await rig.incident(held), 'deregister-zone done')).toBe(true);
    expect(await registeredInA()).toEqual([]);
    mend();
    const back = failBack();
    await rig.run(back);
    expect(await rig.incident(back)).toMatchObject({ outcome: 'recovered' });
    expect(await registeredInA()).toHaveLength(2);
  });

  test('a target that is registered in the zone later is taken out too', async () => {
    await evacuated();
    const [node] = rig.nodesIn(zoneA);
    const targetGroup = (await rig.ports(west).balancer.health({ service }))[0]!.targetGroup;
    await rig.ports(west).balancer.register({ targetGroup, node: node!, port: 8000 });
    await rig.pass(120_000);
    expect(await registeredInA()).toEqual([]);
  });

  test('the last zone with healthy targets is never emptied', async () => {
    for (const z of [zoneB, zoneC]) for (const node of rig.nodesIn(z)) rig.broken.add(node);
    await rig.pass(30_000);
    const input = evacuate();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'refused' });
    expect(await registeredInA()).toHaveLength(2);
  });
});

test('somebody else’s shift of the zone is used, and not cancelled when the move is undone', async () => {
  const awayFrom = rig.settings.regions[0]!.zones[0]!.id;
  await rig
    .ports(west)
    .zonalShift.start({ service, awayFrom, expiresInMs: 86_400_000, comment: 'a person’s' });
  rig.onCall((call) => (call.method === 'setDesired' ? new Error('Auto Scaling is away') : 'pass'));
  const input = evacuate();
  await rig.run(input);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
  expect(await shifts()).toHaveLength(1);
});

test('a group at its maximum is noted, and the evacuation goes on', async () => {
  rig.stop();
  rig = await createRig({}, { max: 6 });
  for (const node of rig.nodesIn(zoneA)) rig.broken.add(node);
  const input = await evacuated();
  const notes = (await rig.incident(input)).events.filter((e) => e.step === 'make-room');
  expect(notes.map((e) => [e.phase, e.text])).toEqual([['note', 'llm-us-west-2 is at its maximum of 6']]);
});

test('a zone that recovered before the shift is left alone', async () => {
  mend();
  const before = await worldOf(rig);
  const input = evacuate();
  await rig.run(input);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
  expect(await worldOf(rig)).toEqual(before);
});

test('a person may force a zone out that the evidence does not call impaired', async () => {
  mend();
  await evacuated(evacuate({ verb: 'force', by: 'ana', because: 'maintenance of the zone' }));
  expect(await shifts()).toHaveLength(1);
});

test('an API that fails while the zone is held does not undo the evacuation', async () => {
  const held = await evacuated();
  rig.onCall((call) => (call.port === 'zonalShift' ? new Error('ARC is away') : 'pass'));
  await rig.pass(120_000);
  rig.onCall(() => 'pass');
  await rig.pass(120_000);
  expect((await rig.incident(held)).closedAt).toBeNull();
  expect(await shifts()).toHaveLength(1);
});

test('an evacuation that cannot be proven is undone', async () => {
  mend();
  const before = await worldOf(rig);
  for (const z of [zoneA, zoneB]) for (const node of rig.nodesIn(z)) rig.broken.add(node);
  const input = evacuate();
  rig.onCall(() => 'pass');
  // Half of what is left fails too, below what the balancer notices.
  for (const node of rig.nodesIn(zoneB)) rig.cloud.reportTarget(node, true);
  rig.say((i) => (i.move === 'evacuate-zone' ? 'confirmed' : null));
  const answersNothing = setInterval(() => {
    for (const node of rig.nodesIn(zoneB)) rig.cloud.reportTarget(node, true);
  }, 1_000);
  await rig.run(input);
  clearInterval(answersNothing);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
  mend();
  await rig.pass(120_000);
  const after = await worldOf(rig);
  expect(after.regions[0]).toMatchObject({
    desired: before.regions[0]!.desired,
    shifted: [],
    suspended: [[]],
  });
});
