import { type GroupFact, nodeId } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { count, type Data, text, texts } from './data.ts';
import { begun } from './effects.ts';
import { isPortError } from './errors.ts';
import { evacuations } from './evacuation.ts';
import { aloneWith } from './group-size.ts';
import { groupNamed, ownGroups } from './group-zones.ts';
import { nodesLeftOut, runningAmong } from './left-out.ts';
import { raisedByOthers } from './raised.ts';
import { record, recordThenAct } from './record.ts';
import { subjectRegion, subjectZone } from './subject.ts';

/** Asks the other zones to carry as many nodes as the evacuated one did. Does not wait for them. */
export async function makeRoom(ctx: StepContext): Promise<StepResult> {
  const { zone } = subjectZone(ctx);
  const { nodes } = await ctx.cell.ports.fleet.describe({ service: ctx.settings.name });
  const gone = (group: GroupFact) =>
    nodes.filter(
      (n) =>
        n.group === group.name &&
        n.zone === zone &&
        (n.lifecycle === 'in-service' || n.lifecycle === 'pending'),
    ).length;
  return raise(ctx, 'make-room', (group) => group.desired + gone(group));
}

/** Asks for the share of all traffic that this region is about to carry; a standby goes to its maximum. */
export async function preScale(ctx: StepContext): Promise<StepResult> {
  const failed = subjectRegion(ctx);
  const { regions } = ctx.settings;
  const all = regions.reduce((sum, r) => sum + r.weight, 0);
  const left = all - (regions.find((r) => r.region === failed)?.weight ?? 0);
  return raise(ctx, 'pre-scale', (group) =>
    left > 0 && ctx.here.weight > 0 ? Math.ceil((group.desired * all) / left) : group.max,
  );
}

async function raise(
  ctx: StepContext,
  step: 'make-room' | 'pre-scale',
  wanted: (group: GroupFact) => number,
): Promise<StepResult> {
  for (const { name } of await ownGroups(ctx))
    await aloneWith(ctx, name, () => raiseOne(ctx, step, name, wanted));
  return go('asked for');
}

async function raiseOne(
  ctx: StepContext,
  step: 'make-room' | 'pre-scale',
  name: string,
  wanted: (group: GroupFact) => number,
): Promise<void> {
  await recordThenAct(ctx, {
    step,
    key: name,
    async plan() {
      const group = await groupNamed(ctx, name);
      const to = Math.min(group.max, wanted(group));
      if (to > group.desired) {
        // What people had asked for: without what this and other moves have added.
        const base = group.desired - (await raisedByOthers(ctx, name)).most;
        return {
          text: `raises ${name} from ${group.desired} to ${to}`,
          data: { from: group.desired, to, base },
        };
      }
      if (wanted(group) > group.desired) {
        await record(ctx, { step, phase: 'note', text: `${name} is at its maximum of ${group.max}` });
      }
      return null;
    },
    async act(data) {
      const [from, to] = [count(data, 'from'), count(data, 'to')];
      // Another move may have changed the size since it was read: this one adds to that.
      const { desired, max } = await groupNamed(ctx, name);
      const wanted = desired === to ? to : Math.min(max, desired + to - from);
      try {
        await ctx.cell.ports.fleet.setDesired({ group: name, desired: wanted });
        const text = `${name} is asked for ${wanted} nodes`;
        return { text, data: desired === to ? {} : { from: desired, to: wanted } };
      } catch (error) {
        if (!isPortError(error, 'at-limit', 'no-capacity')) throw error;
        // The capacity guard has agreed to go on with what there is.
        return { text: `no room: ${error.message}`, data: { to: from } };
      }
    },
  });
}

/** A fail-back's last act on the size: what the evacuation, or the failovers, had asked for. */
export async function restoreRoom(ctx: StepContext): Promise<StepResult> {
  const moved = await evacuations(ctx);
  const raised = moved
    .flatMap(begun)
    .filter(({ step }) => step === 'make-room' || step === 'pre-scale')
    .map(({ key, data }) => ({ key, data, more: count(data, 'to') - count(data, 'from') }));
  for (const [group, all] of Map.groupBy(raised, (r) => r.key)) {
    await aloneWith(ctx, group, () =>
      recordThenAct(ctx, {
        step: 'restore-room',
        key: group,
        async plan() {
          const first = all.at(-1)?.data ?? {};
          const to = count(first, 'from') + all.reduce((sum, { more }) => sum + more, 0);
          return {
            text: `takes back the room in ${group}`,
            data: { ...first, to, of: moved.map((i) => i.id) },
          };
        },
        act: async (data) => ({ text: await giveRoomBack(ctx, data) }),
      }),
    );
  }
  return go('the size is as it was');
}

/**
 * Lowers the desired size by as much as it was raised: other moves may have raised it beside this one, before or after.
 * What it becomes is written first, so that a second run does not lower it twice. Never below what people had asked for
 * before and what other moves still need: a size that somebody has lowered already is left. Nodes that a move has left out
 * of the load balancer go first: Auto Scaling knows nothing of that, and might end the only one that serves.
 */
export async function giveRoomBack(ctx: StepContext, data: Data): Promise<string> {
  const { fleet } = ctx.cell.ports;
  const name = text(data, 'key');
  const [from, to] = [count(data, 'from'), count(data, 'to')];
  const group = await groupNamed(ctx, name);
  const before = ctx.incident.events.findLast(
    (e) => e.step === 'lower' && e.data?.group === name && e.data.from === from && e.data.to === to,
  );
  const { seen, lowerTo } = before
    ? { seen: count(before.data ?? {}, 'seen'), lowerTo: count(before.data ?? {}, 'lowerTo') }
    : { seen: group.desired, lowerTo: await lowered(ctx, group, data) };
  if (lowerTo === seen) return `${name} is asked for ${seen} nodes`;
  if (group.desired === lowerTo) return `${name} is back to ${lowerTo} nodes`;
  // Records of earlier versions name no nodes.
  const first = before
    ? texts({ first: [], ...before.data }, 'first').map(nodeId)
    : (await nodesLeftOut(ctx, name)).slice(0, seen - lowerTo);
  const left = before ? await runningAmong(ctx, first) : first;
  if (group.desired !== seen && group.desired !== seen - first.length + left.length)
    return `${name} was changed to ${group.desired} meanwhile, and is left so`;
  if (!before) {
    const said = `lowers ${name} from ${seen} to ${lowerTo}${first.length > 0 ? `: first ${first.join(', ')}, out of the load balancer` : ''}`;
    const plan = { group: name, from, to, seen, lowerTo, ...(first.length > 0 && { first }) };
    await record(ctx, { step: 'lower', phase: 'note', text: said, data: plan });
  }
  // Another move may have changed the size since it was read.
  const changed = before ? 0 : (await groupNamed(ctx, name)).desired - seen;
  for (const node of left) {
    // Written before each: an act may follow only a write that proves the token.
    await note(ctx, `ends ${node}, which is out of the load balancer`);
    if (ctx.settings.retire === 'keep') await fleet.keep({ node, decrement: true });
    else await fleet.terminate({ node, decrement: true });
  }
  if (group.desired - left.length !== lowerTo) {
    if (left.length > 0) await note(ctx, `asks ${name} for ${lowerTo + changed} nodes`);
    await fleet.setDesired({ group: name, desired: lowerTo + changed });
  }
  return `${name} is back to ${lowerTo + changed} nodes`;
}

const note = (ctx: StepContext, said: string) => record(ctx, { step: 'lower', phase: 'note', text: said });

async function lowered(ctx: StepContext, { name, desired, min }: GroupFact, data: Data): Promise<number> {
  const others = await raisedByOthers(ctx, name, data.of === undefined ? [] : texts(data, 'of'));
  const base = typeof data.base === 'number' ? data.base : count(data, 'from');
  const least = Math.max(min, base + others.surely);
  return Math.min(desired, Math.max(least, desired - (count(data, 'to') - count(data, 'from'))));
}
