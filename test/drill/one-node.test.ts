import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missed, moved, openTestStage, type TestStage } from './stage.ts';

/** One node fails in each of the ways that a node can: it alone is replaced, and its replacement comes first. */
let stage: TestStage;
beforeAll(async () => {
  stage = await openTestStage();
});
afterAll(() => stage.end());

const nodes = () => stage.view().regions.flatMap((r) => r.nodes.map((n) => n.node));

describe.each(['node-crash', 'node-hang', 'stream-stall', 'garbage-answers', 'gpu-error'])('%s', (name) => {
  test('takes the node out of rotation and replaces it, launch-first; no other is touched', async () => {
    await stage.inOrder();
    const before = nodes();
    const { result, launchedIn, terminated } = await stage.drill(name);
    expect(missed(result)).toEqual([]);

    const struck = result.faults[0]!.target!;
    const path = `us-west-2/us-west-2a/${struck}`;
    expect(moved(result)).toEqual([`replace-node of ${path}: recovered`]);
    expect({ launchedIn, terminated }).toEqual({ launchedIn: ['us-west-2a'], terminated: [struck] });
    expect(nodes().filter((n) => !before.includes(n))).toHaveLength(1);
    expect(before.filter((n) => !nodes().includes(n))).toEqual([struck]);

    const [incident] = result.incidents;
    // The replacement is launched, used by the balancer and has generated an answer before the old node is ended.
    const written = incident!.events.map((e) => `${e.step} ${e.phase}`);
    expect(written.filter((step) => launchFirst.includes(step))).toEqual(launchFirst);
    expect(result.trafficStoppedMs).not.toBeNull();
  });
});

const launchFirst = [
  'drain done',
  'launch done',
  'replacement-in-service done',
  'replacement-healthy done',
  'probe-replacement done',
  'retire intent',
];

test('a zone without capacity: the replacement comes up in another', async () => {
  const { result, launchedIn, terminated } = await stage.drill('node-crash-without-capacity');
  expect(missed(result)).toEqual([]);
  expect(moved(result)).toEqual([
    expect.stringMatching(/^replace-node of us-west-2\/us-west-2a\/.*: recovered$/),
  ]);
  const refused = result.incidents[0]!.events.find((e) => e.step === 'launch' && e.phase === 'failed');
  expect(refused?.text).toMatch(/us-west-2a/);
  expect(launchedIn[0]).toMatch(/us-west-2[bc]/);
  expect(terminated).toContain(result.faults[0]!.target);
});
