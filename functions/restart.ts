import { createRestart } from '@evac/aws';
import { composeCell } from './lib/cell.ts';
import { readEnvironment } from './lib/environment.ts';
import { createStepHandler } from './lib/step-handler.ts';

/** The step that runs a command on a node. */
export const handler = createStepHandler('restart', () => {
  const environment = readEnvironment('restart', process.env);
  const { restartDocument: document } = environment;
  return composeCell(environment, { restart: (context) => createRestart(context, { document }) });
});
