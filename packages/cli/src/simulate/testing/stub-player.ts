import { regionName } from '@evac/core';
import type { Scene, SceneResult } from '@evac/simulation';

/** Stands in for the engine: a killed step breaks a rule, each crash of a node is one failover. */
export async function play(scene: Scene, { onLine }: { onLine?(line: string): void }): Promise<SceneResult> {
  onLine?.(`line one of ${scene.seed}`);
  onLine?.('line two');
  const kill = scene.troubles.find((trouble) => trouble.kind === 'kill' && trouble.what === 'step');
  const crashes = scene.troubles.filter(({ kind }) => kind === 'fault');
  return {
    seed: scene.seed,
    violations: kill ? [{ invariant: 'No step is killed', atMs: kill.at, text: 'a step was killed' }] : [],
    digest: `digest-${scene.seed}`,
    virtualMs: 600_000,
    moves: crashes.map(() => ({
      move: 'fail-over-region',
      subject: { kind: 'region', region: regionName('us-west-2') },
      verb: 'automatic',
      outcome: 'recovered',
      openedMs: 1_000,
      closedMs: 61_000,
    })),
    refusals: { cooldown: 1 },
    faults: crashes.map(() => ({ name: 'region-loss', detectedMs: 5_000, recoveredMs: 61_000 })),
  };
}
