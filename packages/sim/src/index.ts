export * from './clock.ts';
export type * from './cloud/cloud.ts';
export { createCloud } from './cloud/create.ts';
export type * from './description.ts';
export type { MachineEvent } from './machine-event.ts';
export * from './machines.ts';
export { type CloudConnection, connectCloud, connectionTo, connectStore } from './rpc/client.ts';
export * from './rpc/server.ts';
