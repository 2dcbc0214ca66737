import { expect, it } from 'vitest';
import { recordingOf } from './api-calls.ts';
import { describeWorkflows } from './on-moto.ts';
import { byRecords, regionDetours } from './regions.ts';
import { east, west } from './rig.ts';
import type { Told } from './story.ts';
import { groupOf } from './trouble.ts';

const whole = { desired: 6, living: 6, subnets: 3, suspended: [], tags: [] };
const ends = ({ incident, history }: Told) => [incident.outcome, history.end];
const texts = ({ incident }: Told) => incident.events.map((e) => e.text).join('\n');

describeWorkflows('regions that vanish in the middle of a move, by records', (makeRig) => {
  it('are failed over once a person approves, and what cannot be proven is taken back', async () => {
    const rig = await makeRig({ interpreter: 'moto', change: byRecords });
    const { answersAfterUndone, answersMeanwhile, back, ...regions } = await regionDetours(rig);
    expect(ends(regions.undone)).toEqual(['reverted', 'succeeded']);
    expect(answersAfterUndone).toEqual([west]);
    // The execution ended with its region; another one went on from the record.
    expect(ends(regions.approved)).toEqual(['recovered', 'failed']);
    expect(texts(regions.approved)).toContain('goes on after an interruption');
    expect(texts(regions.approved)).toContain('ben approved: the region is gone');
    expect(ends(regions.lostAgain)).toEqual(['reverted', 'succeeded']);
    expect(answersMeanwhile).toEqual([east]);
    expect(ends(back)).toEqual(['recovered', 'succeeded']);
    expect(await rig.answers()).toEqual([west]);
    await rig.settle();
    for (const region of [rig.regions.west, rig.regions.east]) expect(await groupOf(region)).toEqual(whole);

    // Others that are refused meanwhile, sooner or later, are none of a move's own calls.
    const own = ({ incident, made }: Told) => made.filter((m) => m.incident === incident.id);
    const moves = {
      'fail-over-region by records, undone': regions.undone,
      'fail-over-region by records': regions.approved,
      'fail-back of a region by records, undone': regions.lostAgain,
      'fail-back of a region by records': back,
    };
    const recorded = recordingOf(
      'regions',
      Object.fromEntries(Object.entries(moves).map(([move, told]) => [move, own(told)])),
      Object.values(moves).flatMap(({ made }) => made),
    );
    await expect(recorded).toMatchFileSnapshot('../../recorded/regions.json');
  });
});
