import type { Parts } from '@evac/simulation';
import type { Shows } from './scenes.ts';

/** One thing that could be wrong with the system, switched in from here: nothing in production knows of it. */
export interface Defect {
  name: string;
  /** What is done wrong. */
  what: string;
  /** The rules that are there to notice it; others may break as well, and do not count. */
  caughtBy: readonly string[];
  /** Within how many seeds. */
  within: number;
  /** Scenes in which it cannot show are not played; their seeds count. */
  shows?: Shows;
  /** Made anew for each scene. */
  parts(): Partial<Parts>;
}
