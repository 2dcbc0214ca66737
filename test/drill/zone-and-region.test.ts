import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missed, moved, openTestStage, type TestStage } from './stage.ts';

/** What is lost as a whole is moved as a whole, and brought back when it is well again. */
let stage: TestStage;
beforeAll(async () => {
  stage = await openTestStage();
});
afterAll(() => stage.end());

describe.each(['zone-loss', 'zone-grey'])('%s', (name) => {
  test('is one evacuation of the zone, and not a replacement of each of its nodes', async () => {
    const { result, launchedIn, terminated } = await stage.drill(name);
    expect(missed(result)).toEqual([]);
    expect(moved(result)).toEqual([
      'evacuate-zone of us-west-2/us-west-2a: recovered',
      'fail-back of us-west-2/us-west-2a: recovered',
    ]);
    expect(launchedIn.filter((zone) => zone === 'us-west-2a')).toEqual([]);
    expect(result.trafficStoppedMs).not.toBeNull();
    await stage.inOrder();
    // Only what was made room with: the zone's own nodes have lived through it.
    const lived = new Set(stage.view().regions.flatMap((r) => r.nodes.map((n) => n.node as string)));
    expect(terminated.filter((node) => lived.has(node))).toEqual([]);
  });
});

describe.each(['region-loss', 'region-loss-without-dns-api'])('%s', (name) => {
  test('is one failover to the other region, in time, and a fail-back', async () => {
    const { result } = await stage.drill(name);
    expect(missed(result)).toEqual([]);
    expect(moved(result)).toEqual([
      'fail-over-region of us-west-2: recovered',
      'fail-back of us-west-2: recovered',
    ]);
    expect(result.incidents.map((i) => i.cell)).toEqual(['us-east-1', 'us-east-1']);
    expect(result.recoveredMs).toBeGreaterThan(0);
    await stage.inOrder();
  });
});
