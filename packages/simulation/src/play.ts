import { runScene } from './engine/run-scene.ts';
import { invariants } from './invariant/index.ts';
import type { Play } from './pool/task.ts';

/** What `evac simulate` plays: the system as it is deployed, with every rule looking on. */
export const play: Play = (scene, options) => runScene(scene, { invariants, ...options });
