export * from './clock.ts';
export type * from './cloud/cloud.ts';
export { createCloud } from './cloud/create.ts';
export type * from './description.ts';
