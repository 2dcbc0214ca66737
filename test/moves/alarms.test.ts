import { type AlarmFact, type NodeId, nodeId } from '@evac/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRig, type Rig, west, zoneA, zoneB } from './rig.ts';

let rig: Rig;
let node: NodeId;
beforeEach(async () => {
  rig = await createRig();
  node = rig.nodesIn(zoneA)[0]!;
  rig.broken.add(node);
});
afterEach(() => rig.stop());

const before = '; alarm queue went off at 2027-01-15T07:59:30Z, about us-west-2a by its tags';

function alarms(): AlarmFact[] {
  const about = { region: west, zone: null, node: null, because: 'tags' as const };
  const opened = rig.clock.now();
  return [
    { ...about, name: 'queue', at: Date.parse('2027-01-15T07:59:30Z'), zone: zoneA },
    { ...about, name: 'xid', at: opened + 1_000, node, because: 'dimensions' },
    { ...about, name: 'elsewhere', at: opened + 1_000, zone: zoneB },
    { ...about, name: 'another', at: opened + 1_000, node: nodeId('i-other') },
    { ...about, name: 'long-ago', at: opened - 3_600_000, zone: zoneA },
  ];
}

async function replaced(recent: () => Promise<AlarmFact[]>) {
  const cell = rig.cell(west);
  cell.alarms = { recent, keep: () => Promise.reject(new Error('a step keeps none')) };
  const subject = { kind: 'node', region: west, zone: zoneA, node } as const;
  const input = rig.input('replace-node', subject, west, { because: `3 of 3 vantages: refused${before}` });
  await rig.run(input);
  return { incident: await rig.incident(input), told: rig.notifications().map((n) => n.text) };
}

test('the record and what people are told have the evidence, the alarm beside it, and those that went off since', async () => {
  const all = alarms();
  const { incident, told } = await replaced(async () => all);
  expect(incident.outcome).toBe('recovered');
  expect(incident.events.find((e) => e.step === 'admit')?.text).toBe(`3 of 3 vantages: refused${before}`);
  const since = `; alarm xid went off at ${new Date(all[1]!.at).toISOString().replace('.000', '')}, about ${node} by its dimensions`;
  const { text } = incident.events.at(-1)!;
  expect(text.endsWith(since)).toBe(true);
  expect(text).not.toMatch(/queue|elsewhere|another|long-ago/);
  expect(told).toEqual([expect.stringContaining(text)]);
  expect(told[0]).toContain(`It began because: 3 of 3 vantages: refused${before}`);
});

test('a memory of alarms that does not answer keeps no incident open', async () => {
  const { incident, told } = await replaced(() => Promise.reject(new Error('throttled')));
  expect(incident.outcome).toBe('recovered');
  expect(told).toHaveLength(1);
});
