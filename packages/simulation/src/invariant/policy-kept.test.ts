import type { PolicyMode } from '@evac/core';
import { expect, test } from 'vitest';
import { policyKept } from './policy-kept.ts';
import { createStage, moveOf, nodeOf, ofNode, zoneA } from './testing/stage.ts';

const under = (mode: PolicyMode) =>
  createStage(policyKept(), {
    service: {
      policy: {
        'replace-node': mode,
        'evacuate-zone': mode,
        'fail-over-region': mode,
        'fail-back': mode,
      },
    },
  });
const ask = { node: nodeOf(zoneA), decrement: true };

test('complains of an automatic move under observe, not of a person’s', () => {
  expect(under('observe').admit(moveOf('replace-node', ofNode(zoneA)))).toContain(
    'policy of replace-node is observe',
  );
  expect(under('observe').admit(moveOf('replace-node', ofNode(zoneA), 'recover'))).toBeNull();
  expect(under('automatic').admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
});

test('complains of an act under approve until a person has granted it', () => {
  const stage = under('approve');
  const move = moveOf('replace-node', ofNode(zoneA));
  expect(stage.admit(move)).toBeNull();
  const by = stage.step(move, 'retire');
  expect(stage.call('fleet', 'terminate', ask, undefined, { by })).toContain('nobody has approved it');
  stage.record(move, { step: 'approval', phase: 'note', data: { granted: false } });
  expect(stage.call('fleet', 'terminate', ask, undefined, { by })).toContain('nobody has approved it');
  stage.record(move, { step: 'approval', phase: 'note', data: { granted: true } });
  expect(stage.call('fleet', 'terminate', ask, undefined, { by })).toBeNull();
});
