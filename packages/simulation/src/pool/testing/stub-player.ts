import { regionName } from '@evac/core';
import type { Scene, SceneResult } from '../../contract.ts';
import type { Play } from '../task.ts';

/** Stands in for the engine: what a scene does is decided by its seed and by its troubles. */
export const play: Play = async (scene, { onLine }) => {
  if (scene.seed === 13) throw new Error('thirteen');
  if (scene.seed === 14) await new Promise(() => {});
  if (scene.seed === 15) process.exit(7);
  onLine?.(`seed ${scene.seed}`);
  onLine?.(`${scene.troubles.length} troubles`);
  return resultOf(scene);
};

/** A killed step breaks a rule. */
function resultOf(scene: Scene): SceneResult {
  const kill = scene.troubles.find((trouble) => trouble.kind === 'kill' && trouble.what === 'step');
  return {
    seed: scene.seed,
    violations: kill
      ? [
          {
            invariant: 'no step is killed',
            atMs: kill.at,
            text: `a step was killed in ${scene.world.regions[0]?.name}`,
          },
        ]
      : [],
    digest: `digest-${scene.seed}`,
    virtualMs: 600_000,
    moves: [
      {
        move: 'replace-node',
        subject: { kind: 'region', region: regionName('us-west-2') },
        verb: 'automatic',
        outcome: scene.seed % 5 === 0 ? 'reverted' : 'recovered',
        openedMs: 1_000,
        closedMs: 61_000,
      },
    ],
    refusals: { cooldown: 2 },
    faults: [
      { name: 'node-crash', detectedMs: scene.seed * 1_000, recoveredMs: scene.seed % 2 ? 60_000 : null },
    ],
  };
}
