import { createDiscoverHandler } from './lib/discover-handler.ts';
import { readEnvironment } from './lib/environment.ts';

/** Looks each minute which Auto Scaling groups bear `evac:service`, and remembers what their tags say. */
export const handler = createDiscoverHandler(() => readEnvironment('discover', process.env));
