import { invariants, runScene, type Scene, type SceneResult } from '@evac/simulation';
import { defects } from './index.ts';

/** Which defect it plays with is in its own address: a pool hands a player nothing but scenes. */
const name = new URL(import.meta.url).searchParams.get('defect');
const defect = defects.find((d) => d.name === name);

/**
 * Plays a scene with the defect, and tells those violations only that are its doing: of rules that are there to notice
 * it, and that the same scene does not break without it.
 */
export async function play(scene: Scene): Promise<SceneResult> {
  if (!defect) throw new Error(`there is no defect named ${name}`);
  const result = await runScene(scene, { invariants, parts: defect.parts() });
  const noticed = result.violations.filter((v) => defect.caughtBy.includes(v.invariant));
  if (noticed.length === 0) return { ...result, violations: [] };
  const sound = await runScene(scene, { invariants });
  const anyway = new Set(sound.violations.map((v) => v.invariant));
  return { ...result, violations: noticed.filter((v) => !anyway.has(v.invariant)) };
}
