import { expect, test } from 'vitest';
import { closes } from './closes.ts';
import { createStage, moveOf, ofNode, ofZone, west, zoneA } from './testing/stage.ts';

const minute = 60_000;

function begun() {
  const stage = createStage(closes());
  const move = moveOf('replace-node', ofNode(zoneA));
  stage.admit(move);
  return { stage, move };
}

test('complains at the end of every incident that is open', () => {
  const { stage, move } = begun();
  expect(stage.at(3 * minute).end()).toEqual([
    expect.stringMatching(
      /^replace-node of .* is open in us-west-2 for 3m .*last: admit done.* at the end of the quiet time$/,
    ),
  ]);
  stage.close(move, 'recovered');
  expect(stage.end()).toEqual([]);
});

test('a zone that is held empty may stay open, one whose evacuation never ended may not', () => {
  const stage = createStage(closes());
  const move = moveOf('evacuate-zone', ofZone(zoneA));
  stage.admit(move);
  expect(stage.end()).toHaveLength(1);
  stage.record(move, { step: 'prove', phase: 'done' });
  expect(stage.end()).toEqual([]);
  expect(stage.at(600 * minute).second()).toBeNull();
});

test('complains once of one that says nothing for longer than approval and retries take', () => {
  const { stage } = begun();
  expect(stage.at(25 * minute).second()).toBeNull();
  expect(stage.at(26 * minute).second()).toMatch(
    /said nothing for 26m .* within 25m while nothing new went wrong/,
  );
  expect(stage.at(27 * minute).second()).toBeNull();
});

test('silent while it says something, while its region is dark, and while things go wrong', () => {
  const saying = begun();
  saying.stage.at(20 * minute).record(saying.move, { step: 'drain', phase: 'waiting' });
  expect(saying.stage.at(40 * minute).second()).toBeNull();

  const dark = begun();
  dark.stage.goesDark(west, 0);
  expect(dark.stage.at(60 * minute).second()).toBeNull();

  const troubled = begun();
  troubled.stage.strikes({ name: 'node-crash', target: 'x' }, 20 * minute);
  expect(troubled.stage.at(40 * minute).second()).toBeNull();
});
