import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import type { Data } from './data.ts';
import { undrain } from './drain.ts';
import { begun, type Effect, reverting } from './effects.ts';
import { causeText, StepError } from './errors.ts';
import { flipBack } from './flip.ts';
import { aloneWith } from './group-size.ts';
import { allowLaunches, keepLaunchesOutAgain } from './group-zones.ts';
import { endReplacement, launchedInto } from './launch.ts';
import { resumeRebalance } from './rebalance.ts';
import { record } from './record.ts';
import { endOldNode } from './retire.ts';
import { takeTrafficAway } from './return-traffic.ts';
import { giveRoomBack } from './room.ts';
import { restoreWeights } from './share.ts';
import { cancelShift, registerZone } from './shift.ts';
import { switchOnAgain } from './switch-off.ts';

/** Undoes one act from what the record says of it; run twice, the second changes nothing. Says what it did. */
type Undo = (ctx: StepContext, data: Data, effect: Effect) => Promise<string>;

const undos: Record<string, Undo> = {
  drain: undrain,
  shift: cancelShift,
  'deregister-zone': registerZone,
  flip: flipBack,
  share: restoreWeights,
  'switch-off': switchOnAgain,
  'return-traffic': takeTrafficAway,
  'suspend-rebalance': resumeRebalance,
  launch: endReplacement,
  'keep-launches-out': allowLaunches,
  'make-room': giveRoomBack,
  'pre-scale': giveRoomBack,
  'restore-zones': keepLaunchesOutAgain,
  retire: endOldNode,
};

export const undoTraffic = (ctx: StepContext) => undoAll(ctx, 'traffic');
export const undoFleet = (ctx: StepContext) => undoAll(ctx, 'fleet');

/**
 * Undoes what the move has begun. One act that cannot be undone does not keep the others; at the end its error is
 * thrown, so that the machine tries again, and what is left then is named by Close.
 */
async function undoAll(ctx: StepContext, privilege: Effect['privilege']): Promise<StepResult> {
  if (!ctx.lease) return go('nothing was begun by this execution');
  const known = reverting(ctx.incident);
  const error = known?.error ?? ctx.error?.Error ?? 'GiveUp';
  const cause = known?.cause ?? causeText(ctx.error?.Cause ?? 'it was asked to be undone');
  // Written each time: an act may follow only a write that proves the token.
  await record(ctx, { step: 'revert', phase: 'intent', text: cause, data: { error, cause } });
  const failures: unknown[] = [];
  const left = begun(ctx.incident);
  // While DNS sends the failed region's clients here, they need the nodes that were asked for: a fail-back gives them back.
  const keeps = left.some((e) => e.step === 'flip') ? ['pre-scale'] : [];
  for (const effect of left.filter((e) => e.privilege === privilege && !keeps.includes(e.step))) {
    try {
      await undoOne(ctx, effect);
    } catch (failure) {
      if (failure instanceof StepError) throw failure;
      failures.push(failure);
      // It may have taken effect all the same, and the next act needs a write of its own.
      await record(ctx, { step: 'revert', phase: 'note', text: `${effect.step}: ${messageOf(failure)}` });
    }
  }
  if (failures.length > 0) throw failures[0];
  return go(`undone: ${privilege}`);
}

const messageOf = (failure: unknown) => (failure instanceof Error ? failure.message : String(failure));

/** Undoes one act and writes so; an old node that was about to be ended is ended, and that is done. */
export async function undoOne(ctx: StepContext, effect: Effect): Promise<void> {
  const group = resized(ctx, effect);
  return group === null ? undoNow(ctx, effect) : aloneWith(ctx, group, () => undoNow(ctx, effect));
}

/** The group whose size the act has changed. */
function resized(ctx: StepContext, { step, key }: Effect): string | null {
  if (step === 'make-room' || step === 'pre-scale') return key;
  return step === 'launch' || step === 'retire' ? launchedInto(ctx) : null;
}

async function undoNow(ctx: StepContext, effect: Effect): Promise<void> {
  const undo = undos[effect.step];
  if (!undo) throw new Error(`nothing knows how to undo ${effect.step}`);
  const said = await undo(ctx, effect.data, effect);
  const phase = effect.step === 'retire' ? 'done' : 'undone';
  await record(ctx, { step: effect.step, phase, text: said, data: { key: effect.key } });
}
