import { actDefects } from './acts.ts';
import { decisionDefects } from './decisions.ts';
import type { Defect } from './defect.ts';
import { evidenceDefects } from './evidence.ts';
import { guardDefects } from './guards.ts';
import { leaseDefects } from './leases.ts';
import { recordDefects } from './records.ts';

/** Everything that the simulation has to notice. */
export const defects: readonly Defect[] = [
  ...guardDefects,
  ...leaseDefects,
  ...recordDefects,
  ...decisionDefects,
  ...evidenceDefects,
  ...actDefects,
];
