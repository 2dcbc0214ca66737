import { createAlarmMemory } from '@evac/aws';
import { composeCell } from './lib/cell.ts';
import { readEnvironment } from './lib/environment.ts';
import { notifyBy } from './lib/notify.ts';
import { createStepHandler } from './lib/step-handler.ts';

/** The steps that only write the record, and tell people. */
export const handler = createStepHandler('record', () => {
  const environment = readEnvironment('record', process.env);
  return composeCell(environment, {
    notify: notifyBy(environment),
    alarms: (context) => createAlarmMemory(context, environment.table),
  });
});
