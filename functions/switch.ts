import { readEnvironment } from './lib/environment.ts';
import { createSwitchHandler } from './lib/switch-handler.ts';

/** What Route 53's health checks ask. */
export const handler = createSwitchHandler(() => readEnvironment('switch', process.env));
