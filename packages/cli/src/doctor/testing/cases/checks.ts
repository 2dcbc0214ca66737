import { type Case, check, name, record } from '../case.ts';

export const checksCases: Case[] = [
  [
    'record-unchecked',
    'a record without a check',
    (world) => {
      record(world).check = null;
    },
    'no health check',
    'healthChecks',
  ],
  [
    'check-missing',
    'a check that is gone',
    (world) => {
      check(world).absent = true;
    },
    'it does not exist',
    'attach',
  ],
  [
    'check-disabled',
    'a check that is off',
    (world) => {
      check(world).disabled = true;
    },
    'Disabled true',
    '--no-disabled',
  ],
  [
    'check-not-inverted',
    'a check that is not turned around',
    (world) => {
      Object.assign(check(world), { inverted: false, success: 1 });
    },
    'Inverted false',
    '--inverted',
  ],
  [
    'check-elsewhere',
    'a check of another region’s switch',
    (world) => {
      check(world).path = '/llm/us-east-1';
    },
    'ResourcePath "/llm/us-east-1"',
    'healthChecks',
  ],
  [
    'check-slow',
    'a check every half minute',
    (world) => {
      check(world).intervalMs = 30_000;
    },
    'RequestInterval 30, FailureThreshold 2',
    'healthChecks',
  ],
  [
    'check-threshold',
    'a calculated check that one child satisfies',
    (world) => {
      const one = { ...check(world), id: 'a' };
      const two = { ...check(world), id: 'b' };
      Object.assign(check(world), {
        type: 'CALCULATED',
        children: ['a', 'b'],
        threshold: 1,
        inverted: false,
        path: '',
      });
      name(world).checks.push(one, two);
    },
    'HealthThreshold 1 of 2 children',
    '--health-threshold 2',
  ],
  [
    'region-out',
    'a switch that says the region is out',
    (world) => {
      check(world).success = 0.9;
    },
    'unhealthy: Route 53 sends no new clients there',
    'fail-back of us-west-2',
  ],
];
