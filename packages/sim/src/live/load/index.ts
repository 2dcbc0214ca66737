/** A crowd of clients; light, so that a drill loads nothing of the world it drills. */
export { createLoad, type Load, type LoadOptions, type LoadResult } from './load.ts';
