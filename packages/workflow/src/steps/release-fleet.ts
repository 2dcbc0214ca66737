import { lastEvent } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { begun } from './effects.ts';
import { record } from './record.ts';
import { undoOne } from './undo.ts';

/**
 * After a hold that no fail-back has ended, traffic is back in the zone, so the groups must be as they were too. After
 * a fail-back there is nothing left to do; after the longest hold, the zone is still out and so are its launches.
 */
export async function releaseFleet(ctx: StepContext): Promise<StepResult> {
  const why = lastEvent(ctx.incident, 'hold', 'done')?.data?.why;
  if (why !== 'person' && why !== 'expired') return go('nothing to put back');
  const owed = begun(ctx.incident).filter((effect) => effect.privilege === 'fleet');
  if (owed.length === 0) return go('the fleet is as it was');
  await record(ctx, { step: 'release-fleet', phase: 'intent', text: 'puts the groups back as they were' });
  for (const effect of owed) await undoOne(ctx, effect);
  await record(ctx, { step: 'release-fleet', phase: 'done', text: 'the groups are as they were' });
  return go('the fleet is as it was');
}
