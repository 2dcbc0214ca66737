import { createProbe } from '@evac/probe';
import { askVantages } from './lib/ask-vantages.ts';
import { composeCell } from './lib/cell.ts';
import { readEnvironment } from './lib/environment.ts';
import { createStepHandler } from './lib/step-handler.ts';

/** The steps that ask, the way that clients do, and change nothing. */
export const handler = createStepHandler('prove', () => {
  const bound = composeCell(readEnvironment('prove', process.env), {});
  const { cell } = bound;
  const { clock, random, vantages, settings, ports } = cell;
  const direct = createProbe({ clock, random });
  const means = { direct, store: ports.store, services: settings.services, vantages, clock };
  return { ...bound, cell: { ...cell, probe: askVantages(means) } };
});
