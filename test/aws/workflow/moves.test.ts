import type { Incident } from '@evac/core';
import { machines } from '@evac/workflow';
import { expect, it } from 'vitest';
import { actsOf, recordingOf } from './api-calls.ts';
import { describeWorkflows } from './on-moto.ts';
import { east, type Rig, west } from './rig.ts';
import { play, type Story, scenes, type Told } from './story.ts';
import { groupOf, killingAfterActs } from './trouble.ts';

const whole = { desired: 6, living: 6, subnets: 3, suspended: [], tags: [] };

describeWorkflows('every machine, from an alarm to a closed incident, on both interpreters', (makeRig) => {
  let told: ReturnType<typeof playBoth> | null = null;
  /** Played once, by whichever test comes first. */
  const stories = () => {
    told ??= playBoth();
    return told;
  };
  async function playBoth() {
    const rigs = [await makeRig({ interpreter: 'local' }), await makeRig({ interpreter: 'moto' })];
    const { interference, killed } = killingAfterActs(rigs[1]!);
    rigs[1]!.proxy.interferences.splice(1, 0, interference);
    const [local, moto] = await Promise.all(rigs.map(playWhole));
    return { local: local!, moto: moto!, killed };
  }

  it('a node, a zone and a region are lost, and mended, though on one the functions die after each act', async () => {
    await stories();
  });

  it('went through the same states on both, and wrote the same record, in which nothing is left unfinished', async () => {
    const { local, moto } = await stories();
    for (const scene of scenes) {
      expect(wayOf(moto[scene])).toEqual(wayOf(local[scene]));
      const record = (story: Story) => recordOf(story[scene].incident);
      expect(record(moto)).toEqual(record(local));
      expect(unfinished(moto[scene].incident)).toEqual([]);
    }
  });

  it('did the same on both, though each act lost a function', async () => {
    const { local, moto, killed } = await stories();
    for (const scene of scenes) {
      const { incident, made } = moto[scene];
      expect(actsOf(made)).toEqual(actsOf(local[scene].made));
      const own = killed.filter((k) => k.incident === incident.id).map((k) => k.act);
      expect(own.toSorted()).toEqual(actsOf(made).toSorted());
    }
  });

  it('made these calls and no others', async () => {
    const recorded = recordingOf('story', madeIn((await stories()).local));
    await expect(recorded).toMatchFileSnapshot('../../recorded/story.json');
  });
});

/** The whole story: its first move has ended one node, and at its end all is as it was. */
async function playWhole(rig: Rig): Promise<Story> {
  const story = await play(rig);
  const ends = scenes.map((scene) => [scene, story[scene].incident.outcome, story[scene].history.end]);
  const said = scenes.map((scene) => story[scene].incident.events.at(-1)?.text).join('\n');
  expect(ends, said).toEqual(scenes.map((scene) => [scene, 'recovered', 'succeeded']));
  // The alarm went off before the move, or while it ran.
  for (const { incident } of [story['replace-node'], story['evacuate-zone']]) {
    const told = incident.because + incident.events.at(-1)?.text;
    expect(told).toMatch(/; alarm errors went off at \S+Z, about us-west-2 by its dimensions/);
  }
  await rig.settle();
  expect(story.ended).toHaveLength(1);
  for (const region of [rig.regions.west, rig.regions.east]) expect(await groupOf(region)).toEqual(whole);
  expect(rig.shifts()).toEqual([]);
  expect(await rig.answers()).toEqual([west]);
  expect(await rig.incidents(east, 'replace-node')).toEqual([]);
  return story;
}

const madeIn = (story: Story) => Object.fromEntries(scenes.map((scene) => [scene, story[scene].made]));

/** The states of a history without the turns of its loops: how often something was waited for is a matter of time. */
function wayOf({ incident, history }: Told): string[] {
  const { States } = machines[incident.move](nobody);
  const way: string[] = [];
  for (const state of history.states) {
    if (States[state]?.Type === 'Wait') continue;
    const before = way.indexOf(state);
    if (before >= 0) way.length = before;
    way.push(state);
  }
  return way;
}

const nobody = { fleet: '', traffic: '', restart: '', prove: '', record: '' };

/**
 * What was intended, done and undone, without what it is about: that has another name in each world. What was intended
 * again after an interruption is once intended.
 */
function recordOf({ events }: Incident): string[] {
  const all = events
    .filter((e) => e.phase !== 'waiting' && e.phase !== 'note')
    .map((e) => `${e.step} ${e.phase}`);
  return all.filter((event, i) => event !== all[i - 1]);
}

/** What a move has begun and its record does not know the end of. */
function unfinished({ events }: Incident): string[] {
  const begun = events.filter((e) => e.phase === 'intent').map((e) => e.step);
  return begun.filter(
    (step) => !events.some((e) => e.step === step && (e.phase === 'done' || e.phase === 'undone')),
  );
}
