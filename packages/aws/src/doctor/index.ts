// What `evac doctor` reads of an account: not for functions, which carry none of these clients.
export { actions, partitionOf, policyOf } from './actions.ts';
export { type CellNames, cellNames } from './cell-names.ts';
export { personsCredentials } from './credentials.ts';
export * from './picture.ts';
export { readPicture } from './read.ts';
