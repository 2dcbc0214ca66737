/** All that is needed to play with a world that runs elsewhere; light, so that a command starts at once. */
export { findWorlds, rememberWorld } from '../registry.ts';
export { connectWorld, type WorldAdmin } from './client.ts';
export type { WorldEvent, WorldView } from './view.ts';
