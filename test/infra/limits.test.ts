import { describe, expect, test } from 'vitest';
import { configNames } from './lib/configs.ts';
import { at, recorded } from './lib/recorded.ts';

/** Limits of AWS that a growing config meets first. */
describe.each(configNames)('%s', (name) => {
  const { all } = recorded(name);

  test('names are as long as they may be', () => {
    const limits = { Function: 64, Role: 64, Schedule: 64, StateMachine: 80, EventRule: 64, Queue: 80 };
    for (const [type, most] of Object.entries(limits))
      for (const { inputs } of all(type)) {
        expect(String(inputs.name).length, String(inputs.name)).toBeLessThanOrEqual(most);
        expect(inputs.name).toMatch(/^[\w-]+$/);
      }
  });

  test('a role’s policies have room: IAM takes 10,240 characters without white space', () => {
    for (const { inputs, name: role } of all('Role')) {
      const policy = String(at(inputs, 'inlinePolicies.0.policy')).replace(/\s/g, '');
      expect(policy.length, role).toBeLessThan(10_240 / 2);
    }
  });

  test('a function’s environment has room: Lambda takes 4 KB', () => {
    for (const { inputs, name: fn } of all('Function')) {
      const variables = JSON.stringify(at(inputs, 'environment.variables'));
      expect(Buffer.byteLength(variables), fn).toBeLessThan(4_096 * 0.75);
    }
  });

  test('descriptions are as long as they may be, and of characters that they may hold', () => {
    for (const { inputs } of all('Function'))
      expect(String(inputs.description).length).toBeLessThanOrEqual(256);
    for (const { inputs } of all('SecurityGroup'))
      expect(inputs.description).toMatch(/^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/);
  });
});
