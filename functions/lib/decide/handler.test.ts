import { createAlarmMemory, createStore } from '@evac/aws';
import { incidentId, type Notification, serviceName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../../../packages/aws/src/testing/aws.ts';
import { incident, settings } from '../../../packages/core/src/testing/snapshot.ts';
import { composeCell } from '../cell.ts';
import { createMachines } from '../machines.ts';
import { type FunctionsWorld, lambdaContext, startFunctionsWorld } from '../testing/aws.ts';
import { watchLog } from '../testing/log.ts';
import { environment, nextNumber, observed, sixNodes, written } from '../testing/region.ts';
import { createDecideHandler } from './handler.ts';

const arn = (name: string) => `arn:aws:states:us-west-2:123456789012:stateMachine:${name}`;
const machines = {
  'replace-node': arn('replace-node'),
  'evacuate-zone': arn('evacuate-zone'),
  'fail-over-region': arn('fail-over-region'),
  'fail-back': arn('fail-back'),
};
const started = json({ executionArn: 'arn:1', startDate: 1_800_000_000 });
const exists = json({ __type: 'ExecutionAlreadyExists', message: 'in use' }, 400);

let aws: FunctionsWorld;
let log: ReturnType<typeof watchLog>;
let told: Notification[];
beforeEach(() => {
  log = watchLog();
  told = [];
});
afterEach(async () => {
  log.stop();
  await aws.close();
});

async function region(script: FunctionsWorld['script'] = {}, services = [settings()]) {
  aws = await startFunctionsWorld(
    { ...sixNodes, StartExecution: started, ListExecutions: json({ executions: [] }), ...script },
    services,
  );
  const bound = composeCell(
    environment,
    {
      notify: () => ({ send: async (notification) => void told.push(notification) }),
      machines: (context) => createMachines(context, machines),
      alarms: (context) => createAlarmMemory(context, 'evac'),
    },
    aws.world,
  );
  const decide = createDecideHandler(() => ({ ...bound, alarms: { 'gpu-errors': 'llm' } }));
  return {
    store: createStore(bound.context, 'evac'),
    alarms: createAlarmMemory(bound.context, 'evac'),
    run: (event: unknown) => decide(event, lambdaContext()),
    events: (...of: Parameters<typeof observed>) => written(aws, bound, observed(...of)),
  };
}
const llm = { service: serviceName('llm') };
const startedNames = () =>
  aws.calls.filter((c) => c.action === 'StartExecution').map((c): string => JSON.parse(c.body).name);
/** Of the service as a whole, or of its first zone. */
const metric = (name: string) =>
  log
    .entries()
    .flatMap((entry) =>
      name in entry && (entry.zone ?? 'us-west-2a') === 'us-west-2a' ? [entry[name]] : [],
    );

describe('the judge, woken by the table’s stream', () => {
  it('folds what was observed, and starts nothing while all is well', async () => {
    const { run, events, store } = await region();
    await run({ tick: true });
    expect(await run(await events(aws.clock.now()))).toEqual({ batchItemFailures: [] });
    const { health } = await store.readHealth(llm);
    expect(health.filter((h) => h.target === 'node/i-a1')).toHaveLength(3);
    expect(startedNames()).toEqual([]);
  });

  it('starts the move of a node that died, named by its incident, and counts what it saw', async () => {
    const { run, events } = await region();
    await run({ tick: true });
    for (let round = 0; round < 5; round++) {
      await run(await events(aws.clock.now(), round < 1 ? {} : { failing: ['i-a1'] }));
      aws.clock.pass(1_000);
    }
    const [name] = startedNames();
    expect(name).toMatch(/^replace-node\.llm\.i-a1\./);
    const [call] = aws.calls.filter((c) => c.action === 'StartExecution');
    const { stateMachineArn, input } = JSON.parse(call!.body);
    expect(stateMachineArn).toBe(machines['replace-node']);
    expect(JSON.parse(input)).toMatchObject({ incident: name, service: 'llm', verb: 'automatic' });
    expect(metric('StartedReplaceNode')).toContain(1);
    expect(log.lines.join('')).not.toContain('top secret');
  });

  it('starts nothing twice, when Lambda delivers twice or Step Functions knows the name', async () => {
    const { run, events } = await region({ StartExecution: [started, exists] });
    await run({ tick: true });
    const all = [];
    for (let round = 0; round < 5; round++) {
      all.push(await events(aws.clock.now(), round < 1 ? {} : { failing: ['i-a1'] }));
      aws.clock.pass(1_000);
    }
    for (const event of [...all, ...all]) expect(await run(event)).toEqual({ batchItemFailures: [] });
    expect(new Set(startedNames()).size).toBe(1);
    expect(metric('StartedReplaceNode')).toEqual([1]);
  });

  it('gives back a record that nobody can read, counts it, and judges the others', async () => {
    const { run, events, store } = await region();
    await run({ tick: true });
    const { Records } = await events(aws.clock.now());
    const poison = structuredClone(Records[0]!);
    poison.dynamodb!.SequenceNumber = nextNumber();
    poison.dynamodb!.NewImage!.body = { B: Buffer.from('no gzip').toString('base64') };
    const answer = await run({ Records: [poison, ...Records] });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: poison.dynamodb!.SequenceNumber }] });
    expect([metric('PoisonedRecords'), metric('Trouble')]).toEqual([[1], [1]]);
    expect((await store.readHealth(llm)).health).not.toEqual([]);
  });

  it('gives back the records of a service whose judgement failed, and of no other', async () => {
    const chat = { ...settings(), name: serviceName('chat') };
    const { run, events, store } = await region({}, [settings(), chat]);
    await run({ tick: true });
    const mine = await events(aws.clock.now());
    const others = await events(aws.clock.now(), { of: 'chat' });
    aws.db.trouble = (call) => (call.body.includes('health#chat') ? 'error' : null);
    const answer = await run({ Records: [...mine.Records, ...others.Records] });
    expect(answer).toEqual({
      batchItemFailures: others.Records.map((r) => ({ itemIdentifier: r.dynamodb!.SequenceNumber })),
    });
    expect(metric('JudgementErrors')).toEqual([1]);
    expect((await store.readHealth(llm)).health).not.toEqual([]);
  });
});

describe('the judge, each minute', () => {
  it('tells what the probes are to ask, and what it counted', async () => {
    const { run, store } = await region();
    await run({ 'detail-type': 'Scheduled Event', source: 'aws.events' });
    const targets = await store.readTargets(llm);
    expect(targets.filter((t) => t.kind === 'node')).toHaveLength(6);
    expect(metric('HealthyNodes')).toHaveLength(1);
  });

  it('goes on with an incident whose execution is gone, and leaves a young one alone', async () => {
    const { run, store } = await region({ StartExecution: [exists, started] });
    const before = aws.clock.now();
    await store.openIncident({ incident: incident({ id: incidentId('old'), openedAt: before - 120_000 }) });
    await store.openIncident({ incident: incident({ id: incidentId('young'), openedAt: before - 5_000 }) });
    await run({ tick: true });
    expect(startedNames()).toEqual(['old', 'old.r1']);
  });

  it('leaves alone what runs', async () => {
    const executions = [
      { name: 'old.r3', executionArn: 'a', stateMachineArn: 'b', status: 'RUNNING', startDate: 1 },
    ];
    const { run, store } = await region({ ListExecutions: json({ executions }) });
    await store.openIncident({
      incident: incident({ id: incidentId('old'), openedAt: aws.clock.now() - 120_000 }),
    });
    await run({ tick: true });
    expect(startedNames()).toEqual([]);
  });

  it('tells people what stays amiss, once an hour, whichever judge finds it', async () => {
    const silent = await region();
    await silent.run({ tick: true });
    aws.clock.pass(1_000);
    await silent.run(await silent.events(aws.clock.now()));
    const about = () => told.filter((n) => n.title === 'vantage-silent: in/us-west-2a').length;
    for (let minute = 1; minute <= 3; minute++) {
      aws.clock.pass(60_000);
      await silent.run({ tick: true });
    }
    expect(about()).toBe(1);
    aws.clock.pass(3_600_000);
    await silent.run({ tick: true });
    expect(about()).toBe(2);
  });

  it('fails when a service cannot be judged, so that its alarm sees it', async () => {
    const { run } = await region();
    aws.db.trouble = () => 'error';
    await expect(run({ tick: true })).rejects.toThrow('1 services could not be judged');
    expect(metric('JudgementErrors')).toEqual([1]);
  });
});

describe('an alarm', () => {
  const event = (detail: Record<string, unknown> = {}) => ({
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: ['arn:aws:cloudwatch:us-west-2:123456789012:alarm:llm-5xx'],
    detail: { alarmName: 'llm-5xx', state: { value: 'ALARM' }, ...detail },
  });
  const metrics = (dimensions: Record<string, string>) => ({
    configuration: {
      metrics: [{ id: 'm', metricStat: { metric: { namespace: 'X', name: 'Y', dimensions } } }],
    },
  });
  const tags = (...of: { Key: string; Value: string }[]) => json({ Tags: of });
  const place = () => log.entries().find((e) => e.message === 'an alarm had its service judged');

  it.each([
    ['that the config binds', { alarmName: 'gpu-errors' }, { because: 'config', region: 'us-west-2' }],
    [
      'that carries its tags',
      { alarmTags: { 'evac:service': 'llm', 'evac:zone': 'us-west-2b' } },
      { because: 'tags', zone: 'us-west-2b' },
    ],
    [
      'of a metric of Evac',
      metrics({ service: 'llm', zone: 'us-west-2a' }),
      { because: 'dimensions', zone: 'us-west-2a' },
    ],
    [
      'that carries a region’s tag',
      { alarmTags: { 'evac:service': 'llm', 'evac:region': 'us-east-1' } },
      { because: 'tags', region: 'us-east-1' },
    ],
    [
      'of a metric of Evac about a region',
      metrics({ service: 'llm', region: 'us-east-1' }),
      { because: 'dimensions', region: 'us-east-1' },
    ],
    ['of a group', metrics({ AutoScalingGroupName: 'llm' }), { because: 'dimensions' }],
    [
      'of a target group',
      metrics({ TargetGroup: 'targetgroup/llm/0123456789abcdef', AvailabilityZone: 'us-west-2c' }),
      { because: 'dimensions', zone: 'us-west-2c' },
    ],
    ['of an instance', metrics({ InstanceId: 'i-b1' }), { because: 'dimensions', node: 'i-b1' }],
  ])('%s has its service judged at once', async (_, detail, found) => {
    const { run } = await region({ ListTagsForResource: tags() });
    await run({ tick: true });
    await run(event(detail));
    expect(place()).toMatchObject({ service: 'llm', ...found });
    expect(metric('HealthyNodes')).toHaveLength(2);
  });

  it('is found behind a service whose group is gone', async () => {
    const [here] = settings().regions;
    const gone = settings({ name: serviceName('gone'), regions: [{ ...here!, groups: ['nowhere'] }] });
    const { run } = await region({ ListTagsForResource: tags() }, [gone, settings()]);
    await run(event(metrics({ TargetGroup: 'targetgroup/llm/0123456789abcdef' })));
    expect(place()).toMatchObject({ service: 'llm', because: 'dimensions' });
  });

  it('whose tags the event does not carry is asked for them', async () => {
    const { run } = await region({ ListTagsForResource: tags({ Key: 'evac:service', Value: 'llm' }) });
    await run(event());
    expect(place()).toMatchObject({ service: 'llm', because: 'tags' });
    const [call] = aws.calls.filter((c) => c.action === 'ListTagsForResource');
    expect(call?.body).toContain('alarm:llm-5xx');
  });

  it.each([
    ['that is suppressed', { state: { value: 'ALARM', actionsSuppressedBy: 'Alarm' } }],
    ['that is muted', { muteDetail: { mutedBy: 'arn:rule' } }],
    ['that ends', { state: { value: 'OK' } }],
  ])('%s is left alone', async (_, detail) => {
    const { run, alarms } = await region();
    await run(event({ alarmName: 'gpu-errors', ...detail }));
    expect(aws.calls).toEqual([]);
    expect(await alarms.recent(llm)).toEqual([]);
    expect(metric('HealthyNodes')).toEqual([]);
  });

  it('that tells of no service is counted', async () => {
    const { run } = await region({ ListTagsForResource: tags() });
    await run(event(metrics({ QueueName: 'orders' })));
    expect([metric('UnreadAlarms'), metric('Trouble')]).toEqual([[1], []]);
    expect(metric('HealthyNodes')).toEqual([]);
  });

  const xid = { alarmName: 'gpu-errors', ...metrics({ InstanceId: 'i-a1', AvailabilityZone: 'us-west-2a' }) };

  it('is kept with what it is about and when it went off, for every judge', async () => {
    const { run, alarms } = await region();
    const at = aws.clock.now() - 4_000;
    await run({ ...event(xid), time: new Date(at).toISOString() });
    const place = { region: 'us-west-2', zone: 'us-west-2a', node: 'i-a1', because: 'config' };
    expect(await alarms.recent(llm)).toEqual([{ name: 'gpu-errors', at, ...place }]);
  });

  it('is in the evidence of the move that begins after it, whatever else set off its judgement', async () => {
    const { run, events } = await region();
    await run({ tick: true });
    await run(event(xid));
    for (let round = 0; round < 5; round++) {
      await run(await events(aws.clock.now(), round < 1 ? {} : { failing: ['i-a1'] }));
      aws.clock.pass(1_000);
    }
    const [call] = aws.calls.filter((c) => c.action === 'StartExecution');
    expect(JSON.parse(JSON.parse(call!.body).input).because).toMatch(
      /^3 of 3 vantages: .*; alarm gpu-errors went off at 2027-01-15T08:00:00Z, about i-a1 by the config$/,
    );
  });

  it('that cannot be kept has its service judged all the same', async () => {
    const { run } = await region();
    await run({ tick: true });
    aws.db.trouble = (call) => (call.body.includes('alarms#llm') ? 'error' : null);
    await run(event(xid));
    expect(place()).toMatchObject({ service: 'llm', node: 'i-a1' });
    expect(log.entries()).toContainEqual(
      expect.objectContaining({ message: 'an alarm could not be kept', alarm: 'gpu-errors' }),
    );
  });

  it('commands nothing: without evidence nothing begins', async () => {
    const { run, events } = await region();
    await run({ tick: true });
    await run(await events(aws.clock.now()));
    await run(event({ alarmName: 'gpu-errors', ...metrics({ InstanceId: 'i-a1' }) }));
    expect(place()).toMatchObject({ nodeVerdict: 'unknown' });
    expect(startedNames()).toEqual([]);
  });
});

describe('a person’s request', () => {
  it('that is wrong is refused with everything that is wrong with it', async () => {
    const { run } = await region();
    const asked = run({ verb: 'please', move: 'evacuate-zone', service: 'llm', zone: 'us-west-2x' });
    await expect(asked).rejects.toThrow(
      'the request cannot be taken: verb is please: recover (the evidence must agree) or force would be right; reason is missing: why, in a sentence for the record; zone is us-west-2x: llm has us-west-2a, us-west-2b, us-west-2c in us-west-2',
    );
  });

  it('that a guard refuses is answered with the guard’s sentence', async () => {
    const { run } = await region();
    const ask = { move: 'replace-node', service: 'llm', node: 'i-a1', reason: 'it looks odd' };
    await run({ tick: true });
    expect(await run(ask)).toEqual({ started: null, text: expect.stringMatching(/^refused by /) });
  });

  it('that may begin is answered with its incident', async () => {
    const { run, events } = await region();
    await run({ tick: true });
    for (let round = 0; round < 4; round++) {
      await run(await events(aws.clock.now()));
      aws.clock.pass(1_000);
    }
    const ask = { verb: 'force', move: 'replace-node', service: 'llm', node: 'i-a1', reason: 'it looks odd' };
    const answer = await run({ ...ask, by: 'ada' });
    expect(answer).toEqual({ started: startedNames()[0], text: 'has begun' });
    const [call] = aws.calls.filter((c) => c.action === 'StartExecution');
    expect(JSON.parse(JSON.parse(call!.body).input)).toMatchObject({
      verb: 'force',
      by: 'ada',
      because: 'it looks odd',
    });
  });
});
