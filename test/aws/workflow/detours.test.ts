import { expect, it } from 'vitest';
import { recordingOf } from './api-calls.ts';
import { joining, nodeDetours, otherwise, switchOf, zoneDetour } from './detours.ts';
import { describeWorkflows } from './on-moto.ts';
import { east, west } from './rig.ts';
import type { Told } from './story.ts';
import { groupOf } from './trouble.ts';

const whole = { desired: 6, living: 6, subnets: 3, suspended: [], tags: [] };
const ends = ({ incident, history }: Told) => [incident.outcome, history.end];
const texts = ({ incident }: Told) => incident.events.map((e) => e.text).join('\n');

describeWorkflows('the ways that moves seldom go', (makeRig) => {
  it('restarts, keeps, gives up, says what a person got wrong, and takes back what it cannot prove', async () => {
    const rig = await makeRig({ interpreter: 'moto', change: otherwise });

    const { hung, lost, ...nodes } = await nodeDetours(rig);
    expect(ends(nodes.restarted)).toEqual(['recovered', 'succeeded']);
    expect(texts(nodes.restarted)).toContain(`a restart mended ${hung}`);
    expect(ends(nodes.kept)).toEqual(['recovered', 'succeeded']);
    expect(texts(nodes.kept)).toContain('it was restarted');
    expect(texts(nodes.kept)).toContain(`${hung} is detached and kept`);
    expect(rig.nodes.list(rig.regions.west).map((n) => n.id)).toContain(hung);
    expect(ends(nodes.leftOut)).toEqual(['reverted', 'succeeded']);
    expect(texts(nodes.leftOut)).toContain(`${lost} stays, out of rotation`);
    expect(ends(nodes.returned)).toEqual(['recovered', 'succeeded']);
    expect(nodes.returned.incident.subject).toMatchObject({ kind: 'node', node: lost });
    expect(await groupOf(rig.regions.west)).toEqual(whole);

    const { mistyped, undone: zone } = await zoneDetour(rig);
    expect(mistyped).toMatchObject({
      end: 'failed',
      states: ['Is the request complete?', 'Complete a person’s request'],
    });
    expect(mistyped.error).toMatchObject({
      name: 'Refused',
      cause: expect.stringContaining('reason is missing'),
    });
    for (const wrong of ['vreb is nothing that a request has', 'service is lm: us-west-2 has llm']) {
      expect(mistyped.error?.cause).toContain(wrong);
    }
    expect(ends(zone)).toEqual(['reverted', 'succeeded']);
    expect(zone.incident).toMatchObject({
      id: 'the-lights-flicker',
      by: 'ana',
      because: 'the lights flicker',
    });
    expect(rig.shifts()).toEqual([]);
    await rig.settle();
    expect(await groupOf(rig.regions.west)).toEqual(whole);

    rig.made.length = 0;
    const chat = await joining(rig);
    expect(chat).toEqual({ joined: ['chat'], counted: true, left: [] });

    expect(await switchOf(rig, west, east)).toMatchObject({ statusCode: 503 });

    const recorded = recordingOf(
      'detours',
      {
        'replace-node, where a restart mends it': nodes.restarted.made,
        'replace-node, where the old one is kept': nodes.kept.made,
        'replace-node, undone': nodes.leftOut.made,
        'fail-back of a node': nodes.returned.made,
        'evacuate-zone, undone': zone.made,
      },
      rig.made,
    );
    await expect(recorded).toMatchFileSnapshot('../../recorded/detours.json');
  });
});
