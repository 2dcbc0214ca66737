import { describe, expect, it } from 'vitest';
import { run } from './course.ts';
import { type Disturbance, undisturbed } from './disturbance.ts';
import { createDraw } from './draw.ts';
import { drawWorld, minuteMs, secondMs, type World } from './world.ts';

/** Nothing in these is left to chance, so that following every node draws no other numbers than following some. */
const lasting = { ...undisturbed, from: 6 * minuteMs + 3_210, to: 9 * minuteMs, zone: 0 };
const faults: [string, Disturbance][] = [
  ['refuses', { ...lasting, probes: 1, requests: 1 }],
  ['hangs', { ...lasting, probes: 1, requests: 1, hang: true, silent: true }],
  ['fails its requests only', { ...lasting, requests: 1 }],
  ['is five times slower', { ...lasting, slow: 5 }],
  ['has one bad node', { ...lasting, nodes: [0], probes: 1 }],
  ['restarts', { ...lasting, nodes: [0], loading: true, to: lasting.from + 20 * secondMs }],
  ['is out of one reach', { ...lasting, vantage: 1, probes: 1 }],
];

function heard(world: World, fault: Disturbance, whole: boolean): string[] {
  const said: string[] = [];
  const at = { from: 0, to: 10 * minuteMs, seed: 7, noisy: false, peers: [] };
  run({ world, ...at, also: [fault], whole }, (who, zone, now) => {
    said.push(`${who} ${zone} ${now.toFixed(0)}`);
    return false;
  });
  return said;
}

describe('leaving out what can only be well says the same as following everything, when a zone', () => {
  const world: World = { ...drawWorld(createDraw(5)), probeErrors: 1e-12, latencyMs: 400 };
  it.each(faults)('%s', (_, fault) => {
    expect(heard(world, fault, false)).toEqual(heard(world, fault, true));
  });
  it('in a world in which there is something to hear', () => {
    expect(heard(world, { ...lasting, probes: 1, requests: 1 }, false).length).toBeGreaterThan(0);
  });
});

it('the same seed is the same course, another is another', () => {
  const world = drawWorld(createDraw(3));
  const course = (seed: number) => {
    const said: string[] = [];
    const fault = { ...lasting, probes: 0.3, requests: 0.3 };
    run(
      { world, seed, from: 0, to: 9 * minuteMs, noisy: true, peers: [], also: [fault] },
      (who, zone, now) => {
        said.push(`${who} ${zone} ${now}`);
        return false;
      },
    );
    return said.join();
  };
  expect(course(1)).toBe(course(1));
  expect(course(1)).not.toBe(course(2));
});
