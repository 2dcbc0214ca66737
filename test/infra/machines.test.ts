import { moveNames } from '@evac/core';
import type { machines } from '@evac/workflow';
import validate from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { configNames } from './lib/configs.ts';
import { recorded } from './lib/recorded.ts';

/** Answers of the validator by definition. */
const validated = new Map<string, ReturnType<typeof validate>>();

describe.each(configNames)('the machines of %s', (name) => {
  const { all } = recorded(name);
  const regions = [...new Set(all('StateMachine').map((m) => m.region))];

  test('are one for each move, in every region', () => {
    for (const region of regions) {
      const moves = all('StateMachine')
        .filter((m) => m.region === region)
        .map((m) => String(m.inputs.name).replace(/^evac-[a-z]+-/, ''));
      expect(moves.toSorted()).toEqual(moveNames.toSorted());
    }
  });

  test('are Amazon States Language, and say what a person gives', () => {
    for (const { inputs, region } of all('StateMachine')) {
      const definition = JSON.parse(String(inputs.definition));
      // Regions and stages differ in ARNs alone, and the validator takes its time.
      const bare = String(inputs.definition)
        .replaceAll(String(region), 'us-west-2')
        .replaceAll('production', 'test');
      const { isValid, errorsText } = validated.get(bare) ?? validate(definition);
      validated.set(bare, { isValid, errorsText });
      expect(isValid, errorsText('\n')).toBe(true);
      expect(definition.Comment).toContain('Give: service,');
    }
  });

  test('call functions of their own region that exist, and nothing else', () => {
    for (const { inputs, region } of all('StateMachine')) {
      const definition: ReturnType<(typeof machines)['fail-back']> = JSON.parse(String(inputs.definition));
      const functions = all('Function').filter((f) => f.region === region);
      const tasks = Object.values(definition.States).flatMap((state) =>
        state.Type === 'Task' ? [state] : [],
      );
      expect(tasks.length).toBeGreaterThan(5);
      for (const { Resource, Parameters } of tasks) {
        expect(Resource).toBe('arn:aws:states:::lambda:invoke');
        expect(functions.map((f) => f.outputs.arn)).toContain(Parameters.FunctionName);
      }
    }
  });

  test('leave a log that is kept for a month, and traces', () => {
    for (const { inputs, region } of all('StateMachine')) {
      const log = all('LogGroup').find(
        (l) => l.region === region && l.inputs.name === `/aws/vendedlogs/states/${inputs.name}`,
      );
      expect(log?.inputs.retentionInDays).toBe(30);
      expect(inputs).toMatchObject({
        type: 'STANDARD',
        loggingConfiguration: { level: 'ALL', logDestination: `${log?.outputs.arn}:*` },
        tracingConfiguration: { enabled: true },
      });
    }
  });
});
