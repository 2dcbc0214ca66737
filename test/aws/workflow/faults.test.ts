import { expect, it } from 'vitest';
import { actsOf } from './api-calls.ts';
import { describeWorkflows } from './on-moto.ts';
import { east, west } from './rig.ts';
import { closed, ended } from './story.ts';
import { groupOf, throttlingAStep } from './trouble.ts';

const whole = { desired: 6, living: 6, subnets: 3, suspended: [], tags: [] };

describeWorkflows('moves among faults', (makeRig) => {
  it('two regions replace a node each at once, though every event comes twice, and neither acts in the other', async () => {
    const rig = await makeRig();
    rig.deliver(2);
    const lost = [rig.nodesIn(rig.regions.west, 'a')[0]!, rig.nodesIn(rig.regions.east, 'b')[0]!];
    await rig.nodes.crash(lost, true);
    await Promise.all([rig.alarm(west), rig.alarm(east)]);
    const [here, there] = await Promise.all([
      ended(rig, west, 'replace-node'),
      ended(rig, east, 'replace-node'),
    ]);
    expect([here, there].map((i) => i.outcome)).toEqual(['recovered', 'recovered']);
    const acts = rig.made.filter((m) => m.act);
    expect(acts.filter((m) => m.elsewhere)).toEqual([]);
    const terminations = acts.filter((m) => m.call === 'autoscaling:TerminateInstanceInAutoScalingGroup');
    expect(terminations.map((m) => m.incident).toSorted()).toEqual([here.id, there.id].toSorted());
    await rig.settle();
    for (const region of [rig.regions.west, rig.regions.east]) {
      expect(await groupOf(region)).toEqual(whole);
      expect(rig.nodes.list(region).filter((n) => lost.includes(n.id))).toEqual([]);
    }
    for (const region of [west, east]) expect(await rig.incidents(region, 'replace-node')).toHaveLength(1);
  });

  it('a step that is throttled for all of a run is run again, and a zone is emptied only if a person says so in time', async () => {
    const approve = { 'evacuate-zone': 'approve', 'replace-node': 'automatic' } as const;
    const rig = await makeRig({
      // A client that was throttled paces itself by this clock.
      slowness: 2,
      // For so long is it throttled.
      functionMs: 20_000,
      change: (service) => ({
        policy: { ...service.policy, ...approve },
        limits: { ...service.limits, approvalMs: 60_000 },
      }),
    });
    rig.proxy.interferences.unshift(throttlingAStep(rig, 'drain', 'elasticloadbalancing'));
    await rig.nodes.crash(rig.nodesIn(rig.regions.west, 'c').slice(0, 1), true);
    const replaced = await closed(rig, west, 'replace-node');
    expect(replaced.incident.outcome).toBe('recovered');
    const drains = replaced.made.filter((m) => m.call === 'elasticloadbalancing:DeregisterTargets');
    expect(drains.length).toBeGreaterThan(0);
    expect(await groupOf(rig.regions.west)).toEqual(whole);

    await rig.rest();
    await rig.nodes.crash(rig.nodesIn(rig.regions.west, 'a'), true);
    const { incident, made } = await closed(rig, west, 'evacuate-zone');
    expect(incident).toMatchObject({ outcome: 'refused' });
    expect(incident.events.at(-1)?.text).toContain('nobody answered within 1m');
    expect(actsOf(made.filter((m) => m.incident === incident.id))).toEqual([
      'record (close): sns:Publish',
      'record (close): events:PutEvents',
    ]);
    expect(await groupOf(rig.regions.west)).toEqual(whole);
  });
});
