import type { MoveName } from '@evac/core';
import type { Machine } from './asl.ts';
import { evacuateZone } from './evacuate-zone.ts';
import { failBack } from './fail-back.ts';
import { failOverRegion } from './fail-over-region.ts';
import type { Functions } from './pieces.ts';
import { replaceNode } from './replace-node.ts';

export type { Machine } from './asl.ts';
export type { Functions } from './pieces.ts';

/** Each move's state machine as Amazon States Language, for the functions that serve its steps. */
export const machines: Record<MoveName, (functions: Functions) => Machine> = {
  'replace-node': replaceNode,
  'evacuate-zone': evacuateZone,
  'fail-over-region': failOverRegion,
  'fail-back': failBack,
};
