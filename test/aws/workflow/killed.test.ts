import { expect, it } from 'vitest';
import { describeWorkflows } from './on-moto.ts';
import { east, west } from './rig.ts';
import { closed } from './story.ts';
import { groupOf, killingAfterActs } from './trouble.ts';

describeWorkflows('a node replaced, though the functions die after each act', (makeRig) => {
  it('ends as if they had not: nothing is done twice, forgotten or unrecorded', async () => {
    const rig = await makeRig({ interpreter: 'moto' });
    rig.sleep(east);
    const { interference, killed } = killingAfterActs(rig);
    rig.proxy.interferences.splice(1, 0, interference);
    const before = rig.nodes.list(rig.regions.west).map((n) => n.id);
    const [lost] = rig.nodesIn(rig.regions.west, 'b');
    await rig.nodes.crash([lost!], true);
    await rig.alarm(west);
    const { incident, history } = await closed(rig, west, 'replace-node');
    expect([incident.outcome, history.end]).toEqual(['recovered', 'succeeded']);
    const steps = new Set(killed.map((act) => act.split(' ')[1]));
    expect([...steps]).toEqual([
      'drain',
      'suspend-rebalance',
      'launch',
      'retire',
      'resume-rebalance',
      'close',
    ]);

    // One node was ended and one launched; all else is as it was, and the record knows the end of all that it began.
    await rig.settle();
    const after = rig.nodes.list(rig.regions.west).map((n) => n.id);
    expect(before.filter((id) => !after.includes(id))).toEqual([lost]);
    expect(after).toHaveLength(before.length);
    expect(await groupOf(rig.regions.west)).toEqual({
      desired: 6,
      living: 6,
      subnets: 3,
      suspended: [],
      tags: [],
    });
    const { events } = incident;
    const begun = events.filter((e) => e.phase === 'intent').map((e) => e.step);
    expect(begun.filter((step) => !isOver(events, step))).toEqual([]);
  });
});

function isOver(events: { step: string; phase: string }[], step: string): boolean {
  return events.some((e) => e.step === step && (e.phase === 'done' || e.phase === 'undone'));
}
