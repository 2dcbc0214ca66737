export { admitMove, stillNeeded } from './cell/admit.ts';
export { completeRequest } from './cell/complete-request.ts';
export { failureOf } from './cell/failure.ts';
export { judgeService, type Occasion } from './cell/judge.ts';
export { remember } from './cell/remember.ts';
export { rememberFailure } from './cell/remember-failure.ts';
export { readRequest } from './cell/request.ts';
export { resumeOpen } from './cell/resume.ts';
export { sparing } from './cell/sparing.ts';
export type * from './contract.ts';
export { discover } from './discover/discover.ts';
export { definitions, machines } from './machines/index.ts';
export {
  approve,
  createSteps,
  type Judge,
  type Privilege,
  privileges,
  type Standing,
} from './steps/index.ts';
