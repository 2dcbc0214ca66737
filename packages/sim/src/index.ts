export type * from './cloud/cloud.ts';
export type * from './description.ts';
