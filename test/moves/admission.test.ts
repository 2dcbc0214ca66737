import { approve } from '@evac/workflow';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, type Rig, service, west, zoneA, zoneB, zoneC } from './rig.ts';
import { groupOf, isLeaseFree, story, worldOf } from './world.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
  rig.broken.add(rig.nodesIn(zoneA)[0]!);
});
afterEach(() => rig.stop());

function request(more: Parameters<Rig['input']>[3] = {}) {
  const node = rig.nodesIn(zoneA)[0]!;
  return rig.input('replace-node', { kind: 'node', region: west, zone: zoneA, node }, west, more);
}
const acts = () =>
  rig.calls.filter(
    (c) =>
      (c.port === 'fleet' && c.method !== 'describe') || (c.port === 'balancer' && c.method !== 'health'),
  );

describe('approval', () => {
  const answer = (incident: ReturnType<typeof request>, granted: boolean) =>
    approve(rig.ports(west).store, {
      incident: incident.incident,
      granted,
      by: 'ana',
      reason: granted ? 'looks right' : 'it is being repaired',
    });

  test('nothing is done until a person approves', async () => {
    const input = request({ needsApproval: true });
    await rig.start(input);
    await rig.pass(300_000);
    expect(acts()).toEqual([]);
    await answer(input, true);
    await rig.over(input.incident);
    const incident = await rig.incident(input);
    expect(incident.outcome).toBe('recovered');
    expect(incident.events.find((e) => e.step === 'approval')?.text).toBe('ana approved: looks right');
  });

  test('the guards are asked once more after the answer', async () => {
    const input = request({ needsApproval: true });
    await rig.start(input);
    await rig.pass(60_000);
    rig.refuse(() => '2 of 6 nodes would be left');
    await answer(input, true);
    await rig.over(input.incident);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'refused' });
    expect(acts()).toEqual([]);
  });

  test('a person may decline', async () => {
    const input = request({ needsApproval: true });
    await rig.start(input);
    await rig.pass(60_000);
    await answer(input, false);
    await rig.over(input.incident);
    const incident = await rig.incident(input);
    expect(incident.outcome).toBe('refused');
    expect(incident.events.at(-1)?.text).toContain('ana declined: it is being repaired');
    expect(acts()).toEqual([]);
    expect(await isLeaseFree(rig, input)).toBe(true);
  });

  test('no answer in time is a refusal', async () => {
    const input = request({ needsApproval: true });
    await rig.run(input);
    const incident = await rig.incident(input);
    expect(incident.outcome).toBe('refused');
    expect(incident.events.at(-1)?.text).toContain('nobody answered within 15m');
    expect(acts()).toEqual([]);
  });

  test('only a move that waits for it can be approved, once', async () => {
    const input = request();
    await rig.run(input);
    await expect(answer(input, true)).rejects.toThrow(`${input.incident} does not wait for an approval`);
    await expect(answer(request(), true)).rejects.toThrow('there is no incident');
  });

  test('an answer given while the orchestrator was away is found when it is back', async () => {
    const input = request({ needsApproval: true });
    await rig.start(input);
    await rig.pass(60_000);
    rig.restart();
    await answer(input, true);
    await rig.run(input, `${input.incident}.r1`);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
  });
});

describe('goes on after an interruption', () => {
  /** Killed as it is about to do the first thing to the fleet or the load balancer, and back after so long. */
  async function interruptedFor(ms: number) {
    const input = request();
    const isAct = ({ port, method }: { port: string; method: string }) =>
      (port === 'fleet' && method !== 'describe') || (port === 'balancer' && method !== 'health');
    rig.onCall((call) => (isAct(call) ? 'kill-before' : 'pass'));
    expect(await rig.run(input)).toBe('killed');
    rig.onCall(() => 'pass');
    rig.restart();
    await rig.pass(ms);
    return input;
  }
  const admissions = async (input: ReturnType<typeof request>) =>
    (await rig.incident(input)).events.filter((e) => e.step === 'admit').map((e) => e.phase);

  test('of a move that was killed between its admission and its first record, it is asked again', async () => {
    const input = request();
    rig.onCall(({ port, method }) => (port === 'store' && method === 'record' ? 'kill-after' : 'pass'));
    expect(await rig.run(input)).toBe('killed');
    rig.onCall(() => 'pass');
    rig.restart();
    await rig.pass(120_000);
    rig.refuse(() => 'nobody has heard of the node lately');
    await rig.run(input, `${input.incident}.r1`);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'refused' });
    expect(acts()).toEqual([]);
  });

  test('at once, it goes on without asking', async () => {
    const input = request();
    rig.onCall(({ port, method }) => (port === 'store' && method === 'record' ? 'kill-after' : 'pass'));
    expect(await rig.run(input)).toBe('killed');
    rig.onCall(() => 'pass');
    rig.restart();
    rig.refuse(() => 'it has moved too often');
    await rig.run(input, `${input.incident}.r1`);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
  });

  test('once something has been done, it is ended and not asked again, however late', async () => {
    const input = await interruptedFor(120_000);
    rig.refuse(() => 'nobody has heard of the node lately');
    await rig.run(input, `${input.incident}.r1`);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
    expect(await admissions(input)).toEqual(['done', 'note']);
  });
});

test('a move whose function dies as it closes is closed by the machine’s own retry', async () => {
  const input = request();
  const died: number[] = [];
  rig.onCall(({ port, n }) => {
    if (port !== 'notify' || died.length > 0) return 'pass';
    died.push(n);
    return 'kill-after';
  });
  await rig.start(input);
  await rig.pass(600_000);
  expect(died).toHaveLength(1);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
});

describe('one mover', () => {
  test('of two executions of one incident, the later goes on and the earlier stops without acting', async () => {
    const input = request();
    await rig.start(input);
    await rig.pass(30_000);
    await rig.start(input, `${input.incident}.r1`);
    await rig.over(`${input.incident}.r1`);
    await rig.over(input.incident);
    const incident = await rig.incident(input);
    expect(incident.outcome).toBe('recovered');
    expect(rig.calls.filter((c) => c.method === 'launch')).toHaveLength(1);
    expect(rig.calls.filter((c) => c.method === 'terminate')).toHaveLength(1);
    expect(story(incident)).not.toContain('revert intent');
  });

  test('started twice at the same moment, a move is made once', async () => {
    const input = request();
    await Promise.all([rig.start(input), rig.start(input, `${input.incident}.r1`)]);
    await rig.over(input.incident);
    await rig.over(`${input.incident}.r1`);
    await rig.pass(60_000);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
    expect(rig.nodesIn(zoneA)).toHaveLength(2);
  });

  test('a lease that expired unseen is not acted on: the execution stops, and a new one ends the move', async () => {
    const input = request();
    await rig.start(input);
    await rig.pass(30_000);
    const { store } = rig.ports(west);
    // As if the execution had slept for longer than its lease.
    await store.acquireLease({
      scope: `${service}/${west}/${zoneA}/${rig.nodesIn(zoneA)[0]}`,
      holder: input.incident,
      ttlMs: 1,
    });
    await rig.over(input.incident);
    const stopped = await rig.incident(input);
    expect(stopped.closedAt).toBeNull();
    expect(rig.events.at(-1)).toMatchObject({ kind: 'failed', error: { Error: 'Superseded' } });
    expect(rig.events.filter((e) => e.execution === input.incident && e.kind === 'state-retried')).toEqual(
      [],
    );
    expect(story(stopped)).not.toContain('revert intent');
    await rig.run(input, `${input.incident}.r1`);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
  });

  test('another incident on the same subject waits for the lease, and is refused if it never gets it', async () => {
    const scope = `${service}/${west}/${zoneA}/${rig.nodesIn(zoneA)[0]}`;
    const other = request().incident;
    await rig.ports(west).store.acquireLease({ scope, holder: other, ttlMs: 3_600_000 });
    const second = request();
    await rig.run(second);
    const refused = await rig.incident(second);
    expect(refused.outcome).toBe('refused');
    expect(refused.events.at(-1)?.text).toContain('refused by lease');
    expect(acts()).toEqual([]);
  });

  test('a move that was admitted goes on after an interruption, though a guard would refuse it by now', async () => {
    const input = request();
    await rig.start(input);
    await rig.pass(30_000);
    rig.restart();
    rig.refuse(() => 'a node is out, by this very move');
    await rig.run(input, `${input.incident}.r1`);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
  });

  test('a move that was being undone is undone after an interruption, though it could go on by now', async () => {
    for (const zone of [zoneA, zoneB, zoneC]) rig.cloud.setCapacity(zone, 0);
    rig.onCall((call) => (call.method === 'resume' ? 'kill-before' : 'pass'));
    const input = request();
    expect(await rig.run(input)).toBe('killed');
    rig.restart();
    rig.onCall(() => 'pass');
    for (const zone of [zoneA, zoneB, zoneC]) rig.cloud.setCapacity(zone, null);
    await rig.run(input, `${input.incident}.r1`);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
    expect((await groupOf(rig, west)).suspended).toEqual([]);
  });

  test('a node that went back into service is not taken out again by the same move', async () => {
    rig.say(() => 'recovered');
    rig.onCall((call) => (call.method === 'register' ? 'kill-after' : 'pass'));
    const input = request();
    expect(await rig.run(input)).toBe('killed');
    rig.restart();
    rig.onCall(() => 'pass');
    rig.say(() => 'confirmed');
    await rig.run(input, `${input.incident}.r1`);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
    expect(rig.calls.some((c) => c.method === 'launch')).toBe(false);
  });

  test('an incident that is closed is not opened again', async () => {
    const input = request();
    await rig.run(input);
    const closed = await rig.incident(input);
    const world = await worldOf(rig);
    await rig.run(input, `${input.incident}.r1`);
    expect(await rig.incident(input)).toEqual(closed);
    expect((await worldOf(rig)).regions).toEqual(world.regions);
  });
});

test('guards that cannot be asked refuse', async () => {
  rig.refuse(() => {
    throw new Error('the store does not answer');
  });
  const input = request();
  await rig.run(input);
  const incident = await rig.incident(input);
  expect(incident.outcome).toBe('refused');
  expect(incident.events.at(-1)?.text).toContain('the store does not answer');
  expect(acts()).toEqual([]);
  expect(await isLeaseFree(rig, input)).toBe(true);
});

test('a lease that was taken without an answer is given back as the incident closes', async () => {
  rig.refuse(() => {
    throw new Error('the store does not answer');
  });
  let isClosed = false;
  rig.onCall(({ method }) => {
    isClosed ||= method === 'closeIncident';
    return method === 'releaseLease' && !isClosed ? new Error('no answer') : 'pass';
  });
  const input = request();
  await rig.run(input);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'refused' });
  expect(await isLeaseFree(rig, input)).toBe(true);
});
