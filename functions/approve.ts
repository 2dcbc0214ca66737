import { createApproveHandler } from './lib/approve-handler.ts';
import { readEnvironment } from './lib/environment.ts';

/** Lets a waiting move go on, or end. */
export const handler = createApproveHandler(() => readEnvironment('approve', process.env));
