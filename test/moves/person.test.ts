import { incidentId, lastEvent, type MoveName } from '@evac/core';
import { buildMachines, createLocalMachines } from '@evac/sim';
import { completeRequest, createSteps, definitions, type StepInput } from '@evac/workflow';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MachineEvent } from '../../packages/sim/src/machine-event.ts';
import { createRig, type Rig, west, zoneA } from './rig.ts';

/** As the console gives it. */
type Small = Record<string, string>;
type Payload = StepInput | Parameters<typeof completeRequest>[1];

let rig: Rig;
let events: MachineEvent[];
beforeEach(async () => {
  rig = await createRig();
  events = [];
});
afterEach(() => rig.stop());

const built = buildMachines(definitions());

/** The machines on aws-local-stepfunctions, with what completes an input beside the steps. */
function machines() {
  const runStep = createSteps(rig.judge);
  const cell = rig.cell(west);
  return createLocalMachines<MoveName, Small, Payload, object>({
    machines: built,
    handle: (payload) => ('ask' in payload ? completeRequest(cell, payload) : runStep(cell, payload)),
    onEvent: (event) => events.push(event),
  });
}

test('a zone is evacuated and held by a machine that a person started with a small input', async () => {
  const local = machines();
  const id = incidentId('the-lights-flicker');
  const reason = 'the lights flicker';
  const input = { service: 'llm', zone: zoneA, verb: 'force', reason, by: 'ana' };
  await local.start({ machine: 'evacuate-zone', name: id, input });
  const incident = () => rig.ports(west).store.incident({ id });
  await rig.until(() => events.filter((e) => e.state === 'Wait while the zone is held empty').length > 2);
  expect(await incident()).toMatchObject({ by: 'ana', verb: 'force', because: reason, closedAt: null });
  expect(lastEvent((await incident())!, 'prove', 'done')).toBeDefined();
  local.stop();
});

test('what a person got wrong ends the execution in a sentence, and opens nothing', async () => {
  const local = machines();
  const input = { service: 'lm', zone: zoneA, vreb: 'force' };
  await local.start({ machine: 'evacuate-zone', name: 'mistyped', input });
  await rig.until(() => local.running().length === 0);
  const { error, kind } = events.at(-1)!;
  expect([kind, error?.Error]).toEqual(['failed', 'Refused']);
  for (const wrong of ['vreb is nothing that a request has', 'service is lm', 'reason is missing']) {
    expect(error?.Cause).toContain(wrong);
  }
  expect(events.filter((e) => e.kind === 'state-entered').map((e) => e.state)).toEqual([
    'Is the request complete?',
    'Complete a person’s request',
  ]);
  expect(await rig.ports(west).store.incident({ id: incidentId('mistyped') })).toBeNull();
});
