import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeId } from '@evac/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createRestart } from './restart.ts';
import { restartDocument } from './restart-document.ts';
import { json, member, members, type Script, type StubAws, startAws } from './testing/aws.ts';

const node = nodeId('i-a1');
const ask = { node, token: 'inc-1.restart' };

describe('by SSM', () => {
  let aws: StubAws;
  afterEach(() => aws.close());

  const online = json({ InstanceInformationList: [{ InstanceId: 'i-a1', PingStatus: 'Online' }] });
  const sent = json({ Command: { CommandId: 'c-1' } });
  const invocation = (Status: string) =>
    json({ CommandId: 'c-1', InstanceId: 'i-a1', Status, StatusDetails: Status });
  const command = (change = {}) => ({
    CommandId: 'c-1',
    InstanceIds: ['i-a1'],
    Comment: 'evac inc-1.restart',
    ...change,
  });
  const well = {
    ListCommands: json({ Commands: [] }),
    DescribeAutoScalingInstances: members(member('i-a1')),
    DescribeInstanceInformation: online,
    SendCommand: sent,
    GetCommandInvocation: invocation('Success'),
    CancelCommand: json({}),
  };

  async function restartOf(script: Record<string, Script> = {}) {
    aws = await startAws({ ...well, ...script });
    return createRestart(aws.context, { document: 'evac-restart' });
  }
  const body = (action: string) => JSON.parse(aws.calls.find((c) => c.action === action)!.body);

  test('one document goes to one node, with the token', async () => {
    await (await restartOf()).restart(ask);
    expect(body('SendCommand')).toMatchObject({
      DocumentName: 'evac-restart',
      InstanceIds: ['i-a1'],
      Parameters: { token: ['inc-1.restart'] },
      Comment: 'evac inc-1.restart',
    });
    expect(body('ListCommands').Filters).toMatchObject([
      { key: 'DocumentName', value: 'evac-restart' },
      { key: 'InvokedAfter', value: expect.stringMatching(/^[\d-]+T[\d:]+Z$/) },
    ]);
  });

  test('waits until it ran', async () => {
    const unknown = json({ __type: 'InvocationDoesNotExist', message: '' }, 400);
    const port = await restartOf({
      GetCommandInvocation: [unknown, invocation('Pending'), invocation('InProgress'), invocation('Success')],
    });
    await port.restart(ask);
    expect(aws.count('GetCommandInvocation')).toBe(4);
  });

  test('what was sent for the token before is waited for, and nothing is sent', async () => {
    const port = await restartOf({
      ListCommands: [json({ Commands: [], NextToken: 'more' }), json({ Commands: [command()] })],
      GetCommandInvocation: [invocation('InProgress'), invocation('Success')],
    });
    await port.restart(ask);
    expect(aws.count('SendCommand')).toBe(0);
  });

  test('what never reached the node is sent again', async () => {
    const port = await restartOf({
      ListCommands: json({ Commands: [command()] }),
      GetCommandInvocation: [invocation('TimedOut'), invocation('Success')],
    });
    await port.restart(ask);
    expect(aws.count('SendCommand')).toBe(1);
  });

  test('a lost answer is looked for before anything is sent again', async () => {
    const port = await restartOf({
      ListCommands: [json({ Commands: [] }), json({ Commands: [command()] })],
      SendCommand: 'reset',
    });
    await port.restart(ask);
    expect(aws.count('SendCommand')).toBe(1);
  });

  test('a token is for one node', async () => {
    const port = await restartOf({ ListCommands: json({ Commands: [command({ InstanceIds: ['i-b1'] })] }) });
    await expect(port.restart(ask)).rejects.toMatchObject({ code: 'invalid' });
    expect(aws.count('SendCommand')).toBe(0);
  });

  test.each([
    ['Terminating', 'not-found'],
    ['Terminated', 'not-found'],
    ['Pending', 'unavailable'],
    ['Pending:Wait', 'unavailable'],
  ])('a node that is %s is %s', async (LifecycleState, code) => {
    const port = await restartOf({
      DescribeAutoScalingInstances: members(member('i-a1', { LifecycleState })),
    });
    await expect(port.restart(ask)).rejects.toMatchObject({ code });
    expect(aws.count('SendCommand')).toBe(0);
  });

  test('a node of no group is not to be found', async () => {
    const port = await restartOf({ DescribeAutoScalingInstances: members() });
    await expect(port.restart(ask)).rejects.toMatchObject({ code: 'not-found' });
  });

  test.each([
    [
      'its agent is silent',
      { DescribeInstanceInformation: json({ InstanceInformationList: [{ PingStatus: 'ConnectionLost' }] }) },
    ],
    ['it has no agent', { DescribeInstanceInformation: json({ InstanceInformationList: [] }) }],
    ['SSM does not know it', { SendCommand: json({ __type: 'InvalidInstanceId', message: '' }, 400) }],
    ['the command does not arrive', { GetCommandInvocation: invocation('TimedOut') }],
    ['the command fails', { GetCommandInvocation: invocation('Failed') }],
  ])('unavailable: %s', async (_, script) => {
    const port = await restartOf(script);
    await expect(port.restart(ask)).rejects.toMatchObject({ name: 'PortError', code: 'unavailable' });
  });

  test('what takes too long is cancelled: it must not restart the server when nobody waits any more', async () => {
    const port = await restartOf({ GetCommandInvocation: invocation('InProgress') });
    await expect(port.restart(ask)).rejects.toMatchObject({ code: 'unavailable' });
    expect(body('CancelCommand')).toEqual({ CommandId: 'c-1', InstanceIds: ['i-a1'] });
  });
});

describe('on the node', () => {
  let home: string;
  afterEach(() => rm(home, { recursive: true }));

  /** Runs the document's script as SSM does, with the parameters in place. */
  async function run(command: string, token: string): Promise<'done' | 'failed'> {
    const [step] = restartDocument(command).mainSteps;
    const script = step!.inputs.runCommand.join('\n');
    const text = script.replaceAll('{{ state }}', join(home, 'state')).replaceAll('{{ token }}', token);
    return promisify(execFile)('sh', ['-c', text]).then(
      () => 'done' as const,
      () => 'failed' as const,
    );
  }
  const restarts = async () => (await readFile(join(home, 'log'), 'utf8').catch(() => '')).length;

  test('the same token restarts once, however often and however many at once', async () => {
    home = await mkdtemp(join(tmpdir(), 'evac-'));
    const restart = `printf x >> ${join(home, 'log')}`;
    expect(await Promise.all([run(restart, 't-1'), run(restart, 't-1'), run(restart, 't-1')])).toEqual([
      'done',
      'done',
      'done',
    ]);
    expect(await restarts()).toBe(1);
    await run(restart, 't-2');
    expect(await restarts()).toBe(2);
  });

  test('a restart that failed may be tried again with its token', async () => {
    home = await mkdtemp(join(tmpdir(), 'evac-'));
    const restart = `test -e ${join(home, 'mended')} && printf x >> ${join(home, 'log')}`;
    expect(await run(restart, 't-1')).toBe('failed');
    await writeFile(join(home, 'mended'), '');
    expect(await run(restart, 't-1')).toBe('done');
    expect(await restarts()).toBe(1);
  });
});
