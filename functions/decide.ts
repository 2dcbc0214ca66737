import { createAlarmMemory } from '@evac/aws';
import { sparing } from '@evac/workflow';
import { composeCell } from './lib/cell.ts';
import { createDecideHandler } from './lib/decide/handler.ts';
import { readEnvironment } from './lib/environment.ts';
import { createMachines } from './lib/machines.ts';
import { notifyBy } from './lib/notify.ts';

/** Folds what the probes found, decides, and starts the machine of every move that was let through. */
export const handler = createDecideHandler(() => {
  const environment = readEnvironment('decide', process.env);
  const bound = composeCell(environment, {
    notify: notifyBy(environment),
    machines: (context) => createMachines(context, environment.machines),
    alarms: (context) => createAlarmMemory(context, environment.table),
  });
  return { ...bound, cell: sparing(bound.cell), alarms: environment.alarms };
});
