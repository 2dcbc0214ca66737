import { createProbe } from '@evac/probe';
import { composeCell } from './lib/cell.ts';
import { readEnvironment } from './lib/environment.ts';
import { createStepHandler } from './lib/step-handler.ts';

/** The steps that ask, the way that clients do, and change nothing. */
export const handler = createStepHandler('prove', () =>
  composeCell(readEnvironment('prove', process.env), {
    probe: (clock, random) => createProbe({ clock, random }),
  }),
);
