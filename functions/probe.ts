import { readEnvironment } from './lib/environment.ts';
import { createProbeHandler } from './lib/probe/handler.ts';

/** One span of rounds from one vantage. */
export const handler = createProbeHandler(() => readEnvironment('probe', process.env));
