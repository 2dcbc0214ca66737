import { lastEvent } from '@evac/core';
import type { Cell, StepInput, StepResult } from '../contract.ts';
import { admit } from './admit.ts';
import { awaitApproval } from './await-approval.ts';
import { close } from './close.ts';
import { confirm } from './confirm.ts';
import { type Judge, type Step, type StepContext, settingsOf } from './context.ts';
import { dnsInSync, watchDns } from './dns.ts';
import { drain } from './drain.ts';
import { reverting } from './effects.ts';
import { StepError } from './errors.ts';
import { flip } from './flip.ts';
import { keepLaunchesOut, restoreZones } from './group-zones.ts';
import { hold } from './hold.ts';
import { launch } from './launch.ts';
import { nodeTakesTraffic } from './left-out.ts';
import { isStepName, type Privilege, privileges, type StepName } from './privileges.ts';
import { prove } from './prove.ts';
import { proveShare } from './prove-share.ts';
import { checkReadiness, preScaled, regionAnswers, zoneAnswers } from './readiness.ts';
import { resumeWhatIsOwed, suspendRebalance } from './rebalance.ts';
import { releaseFleet } from './release-fleet.ts';
import { probeReplacement, replacementHealthy, replacementInService } from './replacement.ts';
import { restart } from './restart.ts';
import { restarted } from './restarted.ts';
import { retire } from './retire.ts';
import { returnNode } from './return-node.ts';
import { returnTraffic, zoneTakesTraffic } from './return-traffic.ts';
import { makeRoom, preScale, restoreRoom } from './room.ts';
import { share } from './share.ts';
import { shift, shiftApplied } from './shift.ts';
import { switchOff } from './switch-off.ts';
import { undoFleet, undoTraffic } from './undo.ts';

export { approve } from './approve.ts';
export type { Judge, Standing } from './context.ts';
export { type Privilege, privileges } from './privileges.ts';

type Ordinary = Exclude<StepName, 'complete-request' | 'admit' | 'close' | 'undo-traffic' | 'undo-fleet'>;

const ordinary: Record<Ordinary, Step> = {
  'await-approval': awaitApproval,
  confirm,
  drain,
  restart,
  restarted,
  'return-node': returnNode,
  'suspend-rebalance': suspendRebalance,
  launch,
  'replacement-in-service': replacementInService,
  'replacement-healthy': replacementHealthy,
  'probe-replacement': probeReplacement,
  retire,
  'resume-rebalance': resumeWhatIsOwed,
  shift,
  'shift-applied': shiftApplied,
  'keep-launches-out': keepLaunchesOut,
  'make-room': makeRoom,
  hold,
  'release-fleet': releaseFleet,
  'check-readiness': checkReadiness,
  'pre-scale': preScale,
  'pre-scaled': preScaled,
  flip,
  'dns-in-sync': dnsInSync,
  'watch-dns': watchDns,
  'zone-answers': zoneAnswers,
  'restore-zones': restoreZones,
  'return-traffic': returnTraffic,
  'zone-takes-traffic': zoneTakesTraffic,
  'restore-room': restoreRoom,
  'node-takes-traffic': nodeTakesTraffic,
  'region-answers': regionAnswers,
  share,
  'switch-off': switchOff,
  'prove-share': proveShare,
  prove,
};

const ending: Record<'close' | 'undo-traffic' | 'undo-fleet', Step> = {
  close,
  'undo-traffic': undoTraffic,
  'undo-fleet': undoFleet,
};

/** What only looks, and has found what it looked for in an earlier run, does not look again: the world has moved on. */
const looks: StepName[] = [
  'confirm',
  'replacement-in-service',
  'replacement-healthy',
  'probe-replacement',
  'shift-applied',
  'check-readiness',
  'pre-scaled',
  'watch-dns',
  'zone-answers',
  'region-answers',
  'zone-takes-traffic',
  'node-takes-traffic',
  'prove',
];

/** A move that is proven is not undone because a larger one begins. */
const proven: StepName[] = ['hold', 'release-fleet'];

/** One run of one step. Rejects with an error whose name the machine's Retry and Catch know. */
export type RunStep = (cell: Cell, input: StepInput) => Promise<StepResult>;

/**
 * The one handler behind every machine's every task; a function of one privilege group serves `only` that group's steps.
 * The answer carries the lease on, so that a machine keeps the token of the last step that took one.
 */
export function createSteps(judge: Judge, only?: Privilege): RunStep {
  return async (cell, input) => {
    const own = isStepName(input.step) ? privileges[input.step] : null;
    if (own !== null && only !== undefined && own !== only) {
      throw new StepError('GiveUp', `${input.step} is a step of the function ${own}, not of ${only}`);
    }
    const result = await dispatch(judge, cell, input);
    return { ...result, lease: result.lease ?? input.lease };
  };
}

async function dispatch(judge: Judge, cell: Cell, call: StepInput): Promise<StepResult> {
  const { step, input } = call;
  // It makes the input that a step has, so it is no step of a move: complete-request.ts.
  if (!isStepName(step) || step === 'complete-request')
    throw new StepError('GiveUp', `there is no step named ${step}`);
  if (step === 'admit') return admit(judge, cell, input);
  const stored = await cell.ports.store.incident({ id: input.incident });
  if (!stored) return missing(input.incident, step);
  const incident = { ...stored, events: [...stored.events] };
  const { lease, error } = call;
  const base = { cell, input, ...settingsOf(cell, input), incident, lease, error, judge };
  if (step === 'close' || step === 'undo-traffic' || step === 'undo-fleet') {
    return ending[step]({ ...base, standing: 'waiting' });
  }
  if (incident.closedAt !== null) throw new StepError('Superseded', `${incident.id} is closed already`);
  const turned = reverting(incident);
  if (turned) throw new StepError('GiveUp', turned.cause);
  const seen = looks.includes(step) ? lastEvent(incident, step, 'done') : undefined;
  if (seen) return { next: 'go', text: seen.text };
  return ordinary[step](await judged(base, step));
}

async function judged(base: Omit<StepContext, 'standing'>, step: Ordinary): Promise<StepContext> {
  const standing = await base.judge.stillNeeded(base.cell, base.input);
  if (standing === 'subsumed' && !proven.includes(step)) {
    throw new StepError('Subsumed', 'a larger move has taken over');
  }
  return { ...base, standing };
}

/** Where Admit could not even open it, there is nothing to undo or to close. */
function missing(id: string, step: StepName): StepResult {
  if (step === 'close' || step === 'undo-traffic' || step === 'undo-fleet') {
    return { next: 'go', text: `there is no incident ${id}` };
  }
  throw new StepError('Superseded', `there is no incident ${id} in this region's store`);
}
