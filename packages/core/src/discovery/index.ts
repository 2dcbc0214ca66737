export { joinServices } from './join.ts';
export { withJoined } from './joined-settings.ts';
export type { Discovery, JoinedMemory, Remembered } from './ports.ts';
export type { Complaint, HealthAsk, JoinedService, SeenTargetGroup, TaggedGroup } from './tagged-group.ts';
export { serviceTag, tagPrefix } from './tags.ts';
