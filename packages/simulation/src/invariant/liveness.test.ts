import type { FaultName } from '@evac/sim';
import { expect, test } from 'vitest';
import { liveness } from './liveness.ts';
import {
  createStage,
  east,
  moveOf,
  nodeOf,
  ofNode,
  ofZone,
  west,
  zoneA,
  zoneB,
  zoneC,
} from './testing/stage.ts';

const minute = 60_000;

/** A fault from the start on, and half of the requests unanswered. */
function struck(name: FaultName, target: string, change: Parameters<typeof createStage>[1] = {}) {
  const stage = createStage(liveness(), change);
  stage.strikes({ name, target }, 0);
  stage.answers(0.5, 60);
  return stage;
}

test('silent while traffic is answered, and within the bound', () => {
  const stage = struck('zone-loss', zoneA);
  expect(stage.at(2 * minute).second()).toBeNull();
  stage.answers(1, 60);
  expect(stage.at(20 * minute).second()).toBeNull();
});

test('complains once when it is not, with the numbers', () => {
  const stage = struck('zone-loss', zoneA);
  expect(stage.at(20 * minute).second()).toMatch(
    /^50% of the requests of the last 30s were answered, 20m after the last trouble, with zone-loss of us-west-2a wrong; promised is 95% after \S+: /,
  );
  expect(stage.at(21 * minute).second()).toBeNull();
});

test('of nodes, of a region, and of nothing at all', () => {
  expect(
    struck('node-hang', nodeOf(zoneA))
      .at(20 * minute)
      .second(),
  ).toContain('node-hang');
  expect(
    struck('region-loss', west)
      .at(20 * minute)
      .second(),
  ).toContain('us-east-1 finds it down');
  const nothing = struck('zone-loss', zoneA);
  nothing.heals();
  expect(nothing.at(20 * minute).second()).toContain('with nothing wrong');
});

test('promises nothing for what must not be acted on, or several kinds at once', () => {
  expect(
    struck('bad-release', 'world')
      .at(20 * minute)
      .second(),
  ).toBeNull();
  const two = struck('zone-loss', zoneA);
  two.strikes({ name: 'node-crash', target: nodeOf(zoneB) }, 0);
  expect(two.at(20 * minute).second()).toBeNull();
});

test('promises nothing where the owner, a person or a limit is against the move', () => {
  const { policy, limits } = createStage(liveness()).truth.service;
  const observe = struck('zone-loss', zoneA, {
    service: { policy: { ...policy, 'evacuate-zone': 'observe' } },
  });
  expect(observe.at(20 * minute).second()).toBeNull();
  const few = struck('zone-loss', zoneA, { service: { limits: { ...limits, maxMovesPerHour: 0 } } });
  expect(few.at(20 * minute).second()).toBeNull();
  const paused = struck('zone-loss', zoneA);
  const pause = { id: 'p', service: null, move: null, by: 'ada', reason: '', at: 0, until: null };
  paused.call('store', 'addPause', pause, undefined, { by: { kind: 'person', region: west } });
  expect(paused.at(20 * minute).second()).toBeNull();
});

test('promises nothing once moves have gone wrong, wherever that was', () => {
  const { limits } = createStage(liveness()).truth.service;
  const dark = () => {
    const stage = struck('region-loss', west, { service: { limits: { ...limits, breakerAfter: 1 } } });
    const wrong = moveOf('replace-node', ofNode(zoneA));
    stage.open(wrong);
    return { stage, wrong };
  };
  const well = dark();
  well.stage.close(well.wrong, 'recovered');
  expect(well.stage.at(20 * minute).second()).toContain('us-east-1 finds it down');
  const badly = dark();
  badly.stage.close(badly.wrong, 'reverted');
  expect(badly.stage.at(20 * minute).second()).toBeNull();
});

test('promises no second region out of DNS, but by weights one that comes back in', () => {
  const { dns } = createStage(liveness()).truth.service;
  const without = (control: 'switch' | 'records') => {
    const stage = struck('region-loss', west, { service: { dns: dns && { ...dns, control } } });
    stage.view(east).answered = false;
    return stage.at(20 * minute).second();
  };
  expect(without('switch')).toBeNull();
  expect(without('records')).toContain('us-east-1 finds it down');
});

test('promises nothing without a place for the traffic, or beside another move', () => {
  const full = struck('zone-loss', zoneA);
  for (const zone of [zoneB, zoneC]) full.breaks(nodeOf(zone), 0);
  expect(full.at(20 * minute).second()).toBeNull();
  const moving = struck('zone-loss', zoneA);
  moving.admit(moveOf('evacuate-zone', ofZone(zoneB)));
  expect(moving.at(20 * minute).second()).toBeNull();
});

test('promises nothing while our own machinery is in trouble', () => {
  const port = {
    kind: 'port',
    region: west,
    port: '*',
    what: 'gone',
    share: 1,
    at: 0,
    forMs: 60 * minute,
  } as const;
  expect(
    struck('zone-loss', zoneA, { troubles: [port] })
      .at(20 * minute)
      .second(),
  ).toBeNull();
});

test('says nothing where there are too few requests to tell', () => {
  const stage = createStage(liveness());
  stage.strikes({ name: 'zone-loss', target: zoneA }, 0);
  stage.answers(null, 60);
  expect(stage.at(20 * minute).second()).toBeNull();
});
