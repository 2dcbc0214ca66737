import type { Config } from './schema.ts';

export { type Detection, type WorstCase, worstCase } from './detection.ts';
export type { Installation } from './installation.ts';
export { type Problem, problemSentence } from './problem.ts';
export { resolveConfig } from './resolve.ts';
export type { Config };

/** Lets the editor check and complete an evac.config.ts; says what it was given. */
export function defineConfig(config: Config): Config {
  return config;
}
