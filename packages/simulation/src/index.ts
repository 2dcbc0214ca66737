export type * from './contract.ts';
export { drawScene } from './draw/scene.ts';
export { runScene, type SceneOptions } from './engine/run-scene.ts';
export { invariants } from './invariant/index.ts';
export { parseScene } from './parse-scene.ts';
export { playSeeds } from './pool/play-seeds.ts';
export { createPool, type Pool } from './pool/pool.ts';
export type { Shrunk } from './shrink/shrink.ts';
