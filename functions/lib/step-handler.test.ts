import { incidentId, subjectPath } from '@evac/core';
import type { StepInput, StepResult } from '@evac/workflow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { candidate, west, zoneA } from '../../packages/core/src/testing/snapshot.ts';
import { composeCell, type Parts } from './cell.ts';
import { createStepHandler } from './step-handler.ts';
import { type FunctionsWorld, lambdaContext, startFunctionsWorld } from './testing/aws.ts';
import { watchLog } from './testing/log.ts';

const environment = { region: west, table: 'evac', settings: '', vantages: [], hostedZones: {} };
const input: StepInput['input'] = {
  ...candidate(),
  incident: incidentId('evacuate-zone.llm.us-west-2a.1'),
  move: 'evacuate-zone',
  subject: { kind: 'zone', region: west, zone: zoneA },
  cell: west,
  by: 'ada',
  because: 'the answer is "a secret of the patient", expected "4"; Authorization: Bearer abcdefgh12345678',
  needsApproval: false,
  waits: { pollSeconds: 5, holdSeconds: 60 },
};
const call = (step: string, change: Partial<StepInput> = {}): StepInput => ({
  step,
  execution: 'evacuate-zone.llm.us-west-2a.1.r1',
  input,
  lease: null,
  error: null,
  ...change,
});

let aws: FunctionsWorld;
let log: ReturnType<typeof watchLog>;
beforeEach(async () => {
  aws = await startFunctionsWorld();
  log = watchLog();
});
afterEach(async () => {
  log.stop();
  await aws.close();
});
const told: unknown[] = [];
const notify: Parts = { notify: () => ({ send: async (n) => void told.push(n) }) };
const handlerOf = (privilege: Parameters<typeof createStepHandler>[0], parts: Parts = notify) => {
  const handler = createStepHandler(privilege, () => composeCell(environment, parts, aws.world));
  return async (...run: Parameters<typeof handler>): Promise<StepResult> => {
    const result = await handler(...run);
    if ('next' in result) return result;
    throw new Error('that was no step');
  };
};

describe('a function of the machines’ steps', () => {
  it('runs its own steps, on the cell’s table', async () => {
    const record = handlerOf('record');
    const admitted = await record(call('admit'), lambdaContext());
    // Nothing but the table answers here, so a guard has to refuse it.
    expect(admitted).toMatchObject({ next: 'stop', text: expect.stringMatching(/^refused by /) });
    expect(admitted.lease?.scope).toBe(`llm/${subjectPath(input.subject)}`);
    await record(call('close', { lease: admitted.lease ?? null }), lambdaContext());
    expect(told).toMatchObject([{ severity: 'info', service: 'llm', incident: input.incident }]);
  });

  it('refuses a step of another privilege, with an error that no machine retries', async () => {
    const sent = handlerOf('record')(call('launch'), lambdaContext());
    await expect(sent).rejects.toMatchObject({
      name: 'GiveUp',
      message: 'launch is a step of the function fleet, not of record',
    });
    expect(aws.calls).toEqual([]);
  });

  it('refuses what no machine sends', async () => {
    await expect(handlerOf('prove')({ step: 'prove' }, lambdaContext())).rejects.toThrow(
      "takes the steps of Evac's state machines, and nothing else",
    );
  });

  it('makes a person’s small input whole, for the machine that asks', async () => {
    const record = createStepHandler('record', () => composeCell(environment, notify, aws.world));
    const ask = { service: 'llm', zone: 'us-west-2a', reason: 'the lights flicker' };
    const request = { step: 'complete-request', execution: 'by-hand-1', move: 'evacuate-zone', ask };
    expect(await record(request, lambdaContext())).toEqual({
      incident: 'by-hand-1',
      service: 'llm',
      move: 'evacuate-zone',
      subject: { kind: 'zone', region: west, zone: zoneA },
      cell: west,
      verb: 'recover',
      by: 'a person',
      because: 'the lights flicker',
      needsApproval: false,
      waits: { pollSeconds: 5, holdSeconds: 60 },
    });
    const wrong = { ...request, ask: { ...ask, zone: 'us-west-2' } };
    await expect(record(wrong, lambdaContext())).rejects.toMatchObject({
      name: 'Refused',
      message: expect.stringContaining('zone is us-west-2: llm has us-west-2a'),
    });
    const long = { ...request, execution: 'x'.repeat(77) };
    await expect(record(long, lambdaContext())).rejects.toThrow('at most 76 would be right');
    const elsewhere = createStepHandler('fleet', () => composeCell(environment, {}, aws.world));
    await expect(elsewhere(request, lambdaContext())).rejects.toThrow('and nothing else');
  });

  it('says in each line of its log which service, incident, move, step and execution it is about', async () => {
    await handlerOf('record')(call('admit'), lambdaContext());
    expect(log.entries()).toMatchObject([
      {
        service: 'llm',
        incident: input.incident,
        move: 'evacuate-zone',
        step: 'admit',
        execution: call('admit').execution,
        message: 'admit: stop',
        function_request_id: 'run-1',
      },
    ]);
  });

  it('logs no answer, prompt or credential, also when it fails', async () => {
    const fails: Parts = {
      notify: () => ({
        send: () =>
          Promise.reject(new Error(`no topic for ${input.because}`, { cause: 'hf_abcdefghijklmnop123' })),
      }),
    };
    const record = handlerOf('record', fails);
    const { lease = null } = await record(call('admit'), lambdaContext());
    const failed = await record(call('close', { lease }), lambdaContext()).catch((error: Error) => error);
    expect(failed).toMatchObject({ message: expect.stringContaining('no topic for the answer is "…"') });
    const everything = [...log.lines, String(failed), failed instanceof Error ? failed.stack : ''].join('\n');
    expect(everything).toContain('close failed');
    expect(everything).not.toMatch(/secret of the patient|abcdefgh/);
  });

  it('has no part that it was not given the right for', async () => {
    const { cell } = composeCell(environment, {}, aws.world);
    await expect(cell.machines.running()).rejects.toThrow('cannot list executions');
    await expect(cell.ports.restart.restart({ node: 'i-1' as never, token: '1' })).rejects.toThrow(
      'this function cannot restart a server: another one has that right',
    );
  });

  it.each([
    ['its own end', {}, 1_200],
    ['its machine asks again', { timeoutSeconds: 5.2 }, 60_000],
  ])('gives up before %s, when AWS is silent', async (_, change, remainingMs) => {
    aws.db.trouble = () => 'hang';
    const began = Date.now();
    const asked = handlerOf('record')(call('admit', change), lambdaContext(remainingMs));
    await expect(asked).rejects.toThrow('was not answered');
    // One attempt would take fifteen seconds.
    expect(Date.now() - began).toBeLessThan(12_000);
  });
});
