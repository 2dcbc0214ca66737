import { describe, expect, it } from 'vitest';
import { checks, type Finding } from './finding.ts';
import { judge } from './judge.ts';
import { alarm, name, service, west } from './testing/case.ts';
import { alarmsCases } from './testing/cases/alarms.ts';
import { askingCases } from './testing/cases/asking.ts';
import { capacityCases } from './testing/cases/capacity.ts';
import { cellCases } from './testing/cases/cell.ts';
import { checksCases } from './testing/cases/checks.ts';
import { groupsCases } from './testing/cases/groups.ts';
import { loadBalancersCases } from './testing/cases/load-balancers.ts';
import { namesCases } from './testing/cases/names.ts';
import { quotasCases } from './testing/cases/quotas.ts';
import { targetGroupsCases } from './testing/cases/target-groups.ts';
import { first, goodWorld, type World } from './testing/picture.ts';

function judged(world: World): Finding[] {
  return judge(world.picture, world, world.now);
}

function after(change: (world: World) => void): Finding[] {
  const world = goodWorld();
  change(world);
  return judged(world);
}

describe('an account in which all is as it should be', () => {
  it('has no finding', () => {
    expect(judged(goodWorld())).toEqual([]);
  });

  it('has none before deploying, but that it is not deployed', () => {
    const found = after(({ picture }) => {
      for (const region of picture.regions) {
        region.cell.parts = region.cell.parts.map((p) => ({ ...p, state: 'absent' }));
        region.cell.observations = [];
        region.alarms = (region.alarms ?? []).filter((a) => a.name === 'gpu-errors');
      }
    });
    expect(found.map((f) => [f.check, f.region])).toEqual([
      ['not-deployed', 'us-west-2'],
      ['not-deployed', 'us-east-1'],
    ]);
  });
});

const broken = [
  ...askingCases,
  ...groupsCases,
  ...targetGroupsCases,
  ...loadBalancersCases,
  ...capacityCases,
  ...quotasCases,
  ...namesCases,
  ...checksCases,
  ...alarmsCases,
  ...cellCases,
];

describe('a finding', () => {
  it.each(broken)('%s: %s', (check, _, change, seen, fix) => {
    const found = after(change);
    expect(found.map((f) => f.check)).toEqual([check]);
    const [{ severity, ...finding } = first(found)] = found;
    expect(severity).toBe(checks[check]);
    expect(finding.seen).toMatch(seen);
    expect(finding.fix).toMatch(fix);
    expect(finding.right).not.toBe('');
  });

  it('is made by every check that there is', () => {
    // The one about deploying is above: it comes once a region.
    const made = new Set<string>([...broken.map(([check]) => check), 'not-deployed']);
    expect(Object.keys(checks).filter((check) => !made.has(check))).toEqual([]);
  });
});

describe('what could not be read', () => {
  it('is no finding of what it would have told', () => {
    const found = after(({ picture }) => {
      for (const region of picture.regions)
        Object.assign(region, {
          zones: null,
          groups: null,
          targetGroups: null,
          loadBalancers: null,
          subnets: null,
          vcpus: null,
          running: null,
          quotas: null,
          limits: null,
          alarms: null,
          mutes: null,
          eventBus: null,
          runsAtOnce: null,
          cell: { parts: [], observations: null, pauses: null },
        });
      for (const one of picture.names) Object.assign(one, { records: null, checks: [] });
    });
    expect(found).toEqual([]);
  });
});

describe('moves and stages that need less', () => {
  it('records control needs no health checks', () => {
    const found = after((world) => {
      const { dns } = service(world);
      if (dns) service(world).dns = { ...dns, control: 'records' };
      for (const one of name(world).records ?? []) one.check = null;
    });
    expect(found).toEqual([]);
  });

  it('a stage that is not production needs no deletion protection', () => {
    const world = goodWorld();
    world.picture.stage = 'test';
    for (const region of world.picture.regions) {
      region.cell.parts = region.cell.parts.map((p) => ({
        ...p,
        name: p.name.replace('production', 'test'),
        state: p.kind === 'protection' ? 'DISABLED' : p.state,
      }));
      region.alarms = (region.alarms ?? []).map((a) => ({
        ...a,
        name: a.name.replace('production', 'test'),
      }));
    }
    expect(judged(world)).toEqual([]);
  });

  it('spot instances use up no quota of on-demand ones', () => {
    const found = after((world) => {
      west(world).running?.push({ type: 'g5.xlarge', spot: true, count: 50 });
    });
    expect(found).toEqual([]);
  });

  it('a zone that is suppressed by its region is as it should be', () => {
    const found = after((world) => {
      alarm(world, 'evac-production-llm-us-west-2a').suppressedBy = 'Alarm';
    });
    expect(found).toEqual([]);
  });
});
