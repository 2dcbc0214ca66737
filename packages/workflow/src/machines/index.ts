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

/** Every move's definition, for functions that are named as the privilege that they serve. */
export function definitions(of = machines): Record<MoveName, Machine> {
  return {
    'replace-node': of['replace-node'](byPrivilege),
    'evacuate-zone': of['evacuate-zone'](byPrivilege),
    'fail-over-region': of['fail-over-region'](byPrivilege),
    'fail-back': of['fail-back'](byPrivilege),
  };
}

const byPrivilege: Functions = {
  fleet: 'fleet',
  traffic: 'traffic',
  restart: 'restart',
  prove: 'prove',
  record: 'record',
};
