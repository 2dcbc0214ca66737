import { machines } from '@evac/workflow';
import { expect, it } from 'vitest';
import { actsOf, apiCallsPage } from './api-calls.ts';
import { describeWorkflows } from './on-moto.ts';
import { play, type Story, scenes, type Told } from './story.ts';

describeWorkflows('every machine, from an alarm to a closed incident, on both interpreters', (makeRig) => {
  let stories: Record<'local' | 'moto', Story> | null = null;

  it('a node, a zone and a region are lost, and mended', async () => {
    const rigs = [await makeRig({ interpreter: 'local' }), await makeRig({ interpreter: 'moto' })];
    const [local, moto] = await Promise.all(rigs.map(play));
    stories = { local: local!, moto: moto! };
    for (const story of [stories.local, stories.moto]) {
      const ends = scenes.map((scene) => [scene, story[scene].incident.outcome, story[scene].history.end]);
      expect(ends).toEqual(scenes.map((scene) => [scene, 'recovered', 'succeeded']));
    }
  });

  it('went through the same states on both, and wrote the same record', () => {
    const { local, moto } = stories!;
    for (const scene of scenes) {
      expect(wayOf(moto[scene])).toEqual(wayOf(local[scene]));
      const record = (story: Story) => recordOf(story[scene].incident.events);
      expect(record(moto)).toEqual(record(local));
    }
  });

  it('made the same calls on both, these and no others', async () => {
    const { local, moto } = stories!;
    for (const scene of scenes) expect(actsOf(moto[scene].made)).toEqual(actsOf(local[scene].made));
    const page = apiCallsPage(local);
    expect(apiCallsPage(moto)).toEqual(page);
    await expect(page).toMatchFileSnapshot('../../../docs/api-calls.md');
  });
});

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

/** What was intended, done and undone, without what it is about: that has another name in each world. */
function recordOf(events: { step: string; phase: string }[]): string[] {
  return events.filter((e) => e.phase !== 'waiting' && e.phase !== 'note').map((e) => `${e.step} ${e.phase}`);
}
