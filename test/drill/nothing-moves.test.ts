import { afterAll, beforeAll, expect, test } from 'vitest';
import { missed, openTestStage, type TestStage } from './stage.ts';

/** Troubles that a move would make worse: nothing is drained, replaced or moved, and it is said why. */
let stage: TestStage;
beforeAll(async () => {
  stage = await openTestStage();
});
afterAll(() => stage.end());

test.each([
  ['overload', /is full: status (429|503)/],
  ['slow-start', null],
  ['wrong-probe', /rejects? the probe/],
  ['bad-release', /roll/],
])('%s', async (name, why) => {
  const { result, launchedIn, terminated } = await stage.drill(name);
  expect(missed(result)).toEqual([]);
  expect(result.incidents).toEqual([]);
  expect({ launchedIn, terminated }).toEqual({ launchedIn: [], terminated: [] });
  const said = [
    ...result.refusals.map((r) => `${r.because}; ${r.unblock}`),
    ...result.events.filter((e) => e.kind === 'alert').map((e) => e.text),
  ];
  // A node that loads its model is no trouble at all: there is nothing to say.
  if (why === null) expect(said).toEqual([]);
  else expect(said).toContainEqual(expect.stringMatching(why));
});
