import type { Scene, SceneResult } from '../contract.ts';
import type { Shrunk } from '../shrink/shrink.ts';

/** How a scene is played; a player's module exports it as `play`. */
export type Play = (scene: Scene, options: { onLine?(line: string): void }) => Promise<SceneResult>;

/** What a worker is asked. A seed is drawn there. */
export type Task =
  | { kind: 'play'; scene: Scene | number; trace: boolean }
  | { kind: 'shrink'; scene: Scene; invariant: string; forMs: number };

/** What it says; the last two end a task. */
export type Report =
  | { kind: 'line'; line: string }
  | { kind: 'try'; tries: number; smallest: Scene }
  | { kind: 'played'; result: SceneResult }
  | { kind: 'shrunk'; shrunk: Shrunk };

/** A scene that threw, hung or took its worker along breaks a rule as well, by this name. */
const plays = 'a scene plays to its end';

export function brokenResult(seed: number, text: string): SceneResult {
  return {
    seed,
    violations: [{ invariant: plays, atMs: 0, text }],
    digest: '',
    virtualMs: 0,
    moves: [],
    refusals: {},
    faults: [],
  };
}
