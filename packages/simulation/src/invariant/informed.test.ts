import { expect, test } from 'vitest';
import { informed } from './informed.ts';
import {
  createStage,
  east,
  moveOf,
  ofNode,
  ofRegion,
  ofZone,
  service,
  west,
  zoneA,
} from './testing/stage.ts';

function admitting(move = moveOf('evacuate-zone', ofZone(zoneA))) {
  const stage = createStage(informed());
  stage.open(move);
  stage.lease(move);
  const by = stage.step(move, 'admit');
  return {
    hears: (port: 'fleet' | 'balancer' | 'zonalShift' | 'store', method: string, error?: string) =>
      stage.call(port, method as never, { service }, [], { by, ...(error !== undefined && { error }) }),
    admit: () => stage.record(move, { step: 'admit', phase: 'done' }, by),
  };
}

test('complains about a move by a run that could not read everything', () => {
  const { hears, admit } = admitting();
  hears('fleet', 'describe');
  hears('balancer', 'health', 'throttled');
  hears('zonalShift', 'list');
  hears('store', 'pauses');
  expect(admit()).toContain('no answer of balancer.health');
});

test('silent once it has, and about shifts where a node is moved', () => {
  const { hears, admit } = admitting(moveOf('replace-node', ofNode(zoneA)));
  hears('fleet', 'describe');
  hears('balancer', 'health');
  hears('store', 'pauses');
  expect(admit()).toBeNull();
});

test('of a region only the pauses must be known', () => {
  const { hears, admit } = admitting(moveOf('fail-over-region', ofRegion(west), 'automatic', east));
  expect(admit()).toContain('store.pauses');
  hears('store', 'pauses');
  expect(admit()).toBeNull();
});
