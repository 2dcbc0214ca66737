import { composeCell } from './lib/cell.ts';
import { readEnvironment } from './lib/environment.ts';
import { notifyBy } from './lib/notify.ts';
import { createStepHandler } from './lib/step-handler.ts';

/** The steps that change targets, zonal shifts, DNS and switches. */
export const handler = createStepHandler('traffic', () => {
  const environment = readEnvironment('traffic', process.env);
  return composeCell(environment, { notify: notifyBy(environment) });
});
