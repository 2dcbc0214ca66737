import { incidentId, nodeId, type Subject } from '@evac/core';
import { failureOf } from '@evac/workflow';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRig, type Rig, west, zoneA } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.stop());

const why = (subject: Subject) =>
  failureOf(rig.cell(), {
    incident: incidentId('this-move'),
    service: rig.service.name,
    move: 'replace-node',
    subject,
    cell: west,
    verb: 'automatic',
    by: 'evac',
    because: 'it is broken',
    needsApproval: false,
    waits: { pollSeconds: 5, holdSeconds: 60 },
  });
const nodeOf = (id = rig.nodes[0]!.id): Subject => ({ kind: 'node', region: west, zone: zoneA, node: id });

it('a node fails as its verdict says', async () => {
  rig.see(`node/${rig.nodes[0]!.id}`, 'failed');
  await rig.rounds(4);
  expect(await why(nodeOf())).toEqual({ reason: 'connect-refused', detail: 'told' });
});

it('of a node that nobody knows, and of what is no node, nobody can say', async () => {
  expect(await why(nodeOf(nodeId('i-nobody')))).toBeNull();
  expect(await why({ kind: 'zone', region: west, zone: zoneA })).toBeNull();
});
