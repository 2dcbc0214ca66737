import { describe, expect, it } from 'vitest';
import { inputOf } from './input.ts';
import { incident, service } from './testing/world.ts';

const { id, openedAt, closedAt: _, outcome: __, events: ___, ...planned } = incident();
const move = { ...planned, incident: id, since: openedAt, needsApproval: true };
const every = (intervalMs: number) => ({ ...service, timing: { ...service.timing, intervalMs } });

describe('the input of an execution', () => {
  it('is the planned move, all of it that a step may need', () => {
    const { since, ...told } = move;
    expect(inputOf(move, every(5_000))).toEqual({ ...told, waits: { pollSeconds: 5, holdSeconds: 60 } });
  });

  it.each([
    [200, 1],
    [1_000, 1],
    [2_500, 3],
    [30_000, 30],
  ])('waits whole seconds, one at least: an interval of %i ms is %i s', (intervalMs, seconds) => {
    expect(inputOf(move, every(intervalMs)).waits).toEqual({
      pollSeconds: seconds,
      holdSeconds: 12 * seconds,
    });
  });
});
