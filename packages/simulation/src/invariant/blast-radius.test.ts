import { expect, test } from 'vitest';
import { blastRadius } from './blast-radius.ts';
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
  zoneB,
  zoneC,
} from './testing/stage.ts';

const stage = () => createStage(blastRadius());

test('complains when more than maxShare of the nodes are being replaced', () => {
  const two = stage();
  expect(two.admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
  expect(two.admit(moveOf('replace-node', ofNode(zoneB)))).toBeNull();
  expect(two.admit(moveOf('replace-node', ofNode(zoneC)))).toMatch(
    /while 2 of its 6 nodes were being replaced \(.*\), at most 2 may be/,
  );
});

test('one always may be, and what was only opened or has closed does not count', () => {
  const one = createStage(blastRadius());
  one.truth.service = { ...one.truth.service, limits: { ...one.truth.service.limits, maxShare: 0.01 } };
  one.open(moveOf('replace-node', ofNode(zoneB)));
  const first = moveOf('replace-node', ofNode(zoneA));
  expect(one.admit(first)).toBeNull();
  one.close(first, 'recovered');
  expect(one.admit(moveOf('replace-node', ofNode(zoneC)))).toBeNull();
});

test('complains of a second zone of the same region, also while the first is only held', () => {
  const zones = stage();
  const first = moveOf('evacuate-zone', ofZone(zoneA));
  zones.admit(first);
  zones.record(first, { step: 'prove', phase: 'done' });
  expect(zones.admit(moveOf('evacuate-zone', ofZone(zoneB)))).toContain('is open');
  expect(zones.admit(moveOf('fail-back', ofZone(zoneA)))).toBeNull();
});

test('complains of a failover while another region is out, whoever took it out', () => {
  const regions = stage();
  const by = regions.step(moveOf('fail-over-region', ofRegion(east), 'automatic', west), 'flip');
  regions.call('switch', 'write', { service, region: east, on: true }, undefined, { by });
  expect(regions.admit(moveOf('fail-over-region', ofRegion(west), 'automatic', east))).toContain(
    'us-east-1 is out of DNS already',
  );
  regions.call('switch', 'write', { service, region: east, on: false }, undefined, { by });
  expect(regions.admit(moveOf('fail-over-region', ofRegion(west), 'automatic', east))).toBeNull();
});

test('by weights, the region that takes over comes back in with the same change', () => {
  const regions = stage();
  const by = regions.step(moveOf('fail-over-region', ofRegion(east), 'automatic', west), 'flip');
  const ask = { service, weights: { [west]: 100, [east]: 0 } };
  regions.call('dns', 'setWeights', ask, { change: 'C' }, { by });
  expect(regions.admit(moveOf('fail-over-region', ofRegion(west), 'automatic', east))).toBeNull();
});

test('silent about a switch in a region that nobody can ask', () => {
  const regions = stage();
  const by = regions.step(moveOf('fail-over-region', ofRegion(east), 'automatic', west), 'flip');
  regions.call('switch', 'write', { service, region: east, on: true }, undefined, { by });
  regions.goesDark(west, 0);
  expect(regions.admit(moveOf('fail-over-region', ofRegion(west), 'automatic', east))).toBeNull();
});
