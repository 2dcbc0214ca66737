import { runSimulation } from '@cloud-copilot/iam-simulate';
import { createClients } from '@evac/aws';
import { actions, policyOf, readPicture } from '@evac/aws/doctor';
import type { RegionName } from '@evac/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iamActionOf } from '../../../packages/aws/src/testing/account.ts';
import { judge } from '../../../packages/cli/src/doctor/judge.ts';
import { type Moto, motoMissing, startMoto } from '../moto.ts';
import { createMotoWorld, credentials } from '../world.ts';
import { createRole, deployCell } from './cell.ts';
import { mistakes, type Scene, tidy } from './mistakes.ts';
import { createName } from './names.ts';
import { createStandIns } from './stand-ins.ts';

const stage = 'test';
const missing = motoMissing();
if (missing) console.log(`left out: the doctor on moto: ${missing}`);
else console.log('the doctor on moto: an account with mistakes, and the same account mended');

describe.skipIf(missing)('the doctor, on an account of moto', () => {
  let moto: Moto;
  let scene: Scene;
  beforeAll(async () => {
    moto = await startMoto();
    const standIns = createStandIns();
    const world = await createMotoWorld(moto, [standIns.interference]);
    const [service] = world.services;
    if (!service) throw new Error('the world has no service');
    service.dns = { name: 'llm.evac.test', control: 'switch', ttlMs: 30_000 };
    await createRole(moto.url);
    const { home, away } = world.regions;
    scene = {
      world,
      service,
      standIns,
      alarm: 'gpu-errors',
      name: await createName(home.clients, service),
      cells: {
        home: await deployCell(moto.url, home, stage, [service], world.clock),
        away: await deployCell(moto.url, away, stage, [service], world.clock),
      },
    };
    await tidy(scene);
    return async () => {
      await world.close();
    };
  }, 240_000);
  afterAll(() => moto.stop());

  async function examine({ of = stage, observed = true } = {}) {
    const { world, service, cells } = scene;
    if (observed) for (const cell of Object.values(cells)) await cell.observe();
    const installation = {
      networks: [],
      names: [],
      alarms: [{ service: service.name, region: world.regions.home.name, name: scene.alarm }],
      restartCommand: null,
      eventBus: 'default',
      tags: {},
    };
    const clients = [world.regions.home, world.regions.away].map(({ name }: { name: RegionName }) =>
      createClients({ region: name, endpoint: world.proxy.url, credentials }),
    );
    world.proxy.calls.length = 0;
    try {
      const picture = await readPicture({
        stage: of,
        services: [service],
        installation,
        clients,
        // moto stamps its answers with the machine's time.
        clock: { ...world.clock, now: Date.now },
        progress: () => {},
      });
      const found = judge(picture, { services: [service], installation }, world.clock.now());
      return {
        picture,
        found: found.map((f) => `${f.check} in ${f.region ?? 'all'}: ${f.subject}, ${f.seen}`),
        checks: found.map((f): [string, string | null] => [f.check, f.region]),
      };
    } finally {
      for (const one of clients) one.destroy();
    }
  }

  it('finds nothing where all is well, and asks by no action that its policy does not allow', async () => {
    const { found, picture } = await examine();
    expect(picture.gaps).toEqual([]);
    expect(found).toEqual([]);
    const asked = scene.world.proxy.calls.map((call) =>
      iamActionOf({
        action: call.action,
        headers: { authorization: `Credential=x/1/${call.region}/${call.service}/` },
      }),
    );
    // A group that nobody mutes asks for no rule.
    const unasked = ['cloudwatch:GetAlarmMuteRule'];
    expect([...new Set([...asked, ...unasked])].toSorted()).toEqual(Object.keys(actions).toSorted());
  });

  it('of a stage that is not deployed finds only that', async () => {
    expect((await examine({ of: 'blue' })).checks).toEqual([
      ['not-deployed', 'us-west-2'],
      ['not-deployed', 'eu-west-1'],
    ]);
  });

  it('finds the mistakes that were planted and no others, and none once they are mended', async () => {
    for (const mistake of mistakes) await mistake.plant(scene);
    const spoiled = await examine();
    const expected = mistakes.map(({ finds }) => finds.join(' '));
    expect(spoiled.checks.map((place) => place.join(' ')).toSorted(), spoiled.found.join('\n')).toEqual(
      expected.toSorted(),
    );
    for (const mistake of mistakes) await mistake.mend(scene);
    expect((await examine()).found).toEqual([]);
  });

  it('finds a silence, once time has passed', async () => {
    await examine();
    await scene.world.pass(60_000);
    expect((await examine({ observed: false })).checks).toEqual([
      ['observation-old', 'us-west-2'],
      ['observation-old', 'eu-west-1'],
    ]);
  });
});

describe('the policy that the doctor prints', () => {
  const of = (region: string) => (service: string, resource: string) =>
    `arn:aws:${service}:${region}:123456789012:${resource}`;
  const arn = of('us-west-2');
  /** Where IAM narrows an action: one that it needs, and one that it must not have. */
  const narrowed: Record<string, [needed: string, other: string | null]> = {
    'arc-zonal-shift:GetManagedResource': [
      arn('elasticloadbalancing', 'loadbalancer/app/llm/50dc6c495c0c9188'),
      // There is nothing narrower that any config would fit.
      null,
    ],
    ...each(
      'dynamodb',
      ['DescribeContinuousBackups', 'DescribeTable', 'DescribeTimeToLive', 'Query'],
      [arn('dynamodb', 'table/evac-test-store'), arn('dynamodb', 'table/customers')],
    ),
    'events:DescribeEventBus': [arn('events', 'event-bus/incidents'), null],
    ...each('events', ['DescribeRule'], [arn('events', 'rule/evac-test-alarms'), arn('events', 'rule/mine')]),
    ...each(
      'lambda',
      ['GetFunctionConcurrency', 'GetFunctionConfiguration'],
      [arn('lambda', 'function:evac-test-decide'), arn('lambda', 'function:mine')],
    ),
    ...each('sns', ['GetTopicAttributes'], [arn('sns', 'evac-test-critical'), arn('sns', 'mine')]),
    ...each(
      'states',
      ['DescribeStateMachine'],
      [arn('states', 'stateMachine:evac-test-fail-back'), arn('states', 'stateMachine:mine')],
    ),
  };

  function each(service: string, names: string[], arns: [string, string]) {
    return Object.fromEntries(names.map((name) => [`${service}:${name}`, arns]));
  }

  async function judged(action: string, resource: string, context: Record<string, string[]> = {}) {
    const result = await runSimulation(
      {
        request: {
          principal: 'arn:aws:iam::123456789012:user/me',
          action,
          resource: { resource, accountId: '123456789012' },
          contextVariables: context,
        },
        identityPolicies: [{ name: 'doctor', policy: policyOf('test', 'aws') }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    return result.resultType === 'error' ? JSON.stringify(result.errors) : result.overallResult;
  }

  it.each(Object.keys(actions))('allows %s, and no more of it than is needed', async (action) => {
    const [needed, other] = narrowed[action] ?? ['*', null];
    const keys = { 'dynamodb:LeadingKeys': ['observation#llm'] };
    const context = action === 'dynamodb:Query' ? keys : {};
    expect(await judged(action, needed, context)).toBe('Allowed');
    if (other) expect(await judged(action, other, context)).toBe('ImplicitlyDenied');
  });

  it('lets nobody read what is in the record of moves', async () => {
    const keys = { 'dynamodb:LeadingKeys': ['incident#i'] };
    expect(await judged('dynamodb:Query', arn('dynamodb', 'table/evac-test-store'), keys)).toBe(
      'ImplicitlyDenied',
    );
  });
});
