import { composeCell } from './lib/cell.ts';
import { readEnvironment } from './lib/environment.ts';
import { createStepHandler } from './lib/step-handler.ts';

/** The steps that change Auto Scaling groups. */
export const handler = createStepHandler('fleet', () =>
  composeCell(readEnvironment('fleet', process.env), {}),
);
