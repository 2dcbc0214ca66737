import type { GroupFact, ZoneName } from '@evac/core';
import { zoneName } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { type Data, text } from './data.ts';
import { begun } from './effects.ts';
import { StepError } from './errors.ts';
import { evacuation } from './evacuation.ts';
import { recordThenAct } from './record.ts';
import { subjectZone } from './subject.ts';

/** Takes the zone off the groups' list, where others are left. */
export async function keepLaunchesOut(ctx: StepContext): Promise<StepResult> {
  const { zone } = subjectZone(ctx);
  for (const group of await ownGroups(ctx)) {
    await recordThenAct(ctx, {
      step: 'keep-launches-out',
      key: group.name,
      async plan() {
        if (!group.zones.includes(zone) || group.zones.length === 1) return null;
        return { text: `takes ${zone} off ${group.name}`, data: { zone } };
      },
      act: async () => ({ text: await removeZone(ctx, group.name, zone) }),
    });
  }
  return go(`nothing new is launched in ${zone}`);
}

/** Puts the zone back where the evacuation took it off. */
export async function restoreZones(ctx: StepContext): Promise<StepResult> {
  const { zone } = subjectZone(ctx);
  const evacuated = await evacuation(ctx);
  for (const effect of evacuated ? begun(evacuated).filter((e) => e.step === 'keep-launches-out') : []) {
    await recordThenAct(ctx, {
      step: 'restore-zones',
      key: effect.key,
      plan: async () => ({ text: `puts ${zone} back on ${effect.key}`, data: { zone } }),
      act: async () => ({ text: await addZone(ctx, effect.key, zone) }),
    });
  }
  return go(`launches in ${zone} are allowed`);
}

export function allowLaunches(ctx: StepContext, data: Data): Promise<string> {
  return addZone(ctx, text(data, 'key'), zoneName(text(data, 'zone')));
}

export function keepLaunchesOutAgain(ctx: StepContext, data: Data): Promise<string> {
  return removeZone(ctx, text(data, 'key'), zoneName(text(data, 'zone')));
}

/**
 * From the list as it is now: somebody may have changed it meanwhile. Asked for even where the zone is on it already: what an
 * interrupted run had yet to clear away goes with it.
 */
async function addZone(ctx: StepContext, name: string, zone: ZoneName): Promise<string> {
  const { zones } = await groupNamed(ctx, name);
  await ctx.cell.ports.fleet.setZones({ group: name, zones: [...new Set([...zones, zone])] });
  return `${name} may launch in ${zone}`;
}

async function removeZone(ctx: StepContext, name: string, zone: ZoneName): Promise<string> {
  const group = await groupNamed(ctx, name);
  const others = group.zones.filter((z) => z !== zone);
  if (others.length > 0 && others.length < group.zones.length) {
    await ctx.cell.ports.fleet.setZones({ group: name, zones: others });
  }
  return `${name} launches nothing in ${zone}`;
}

/** The service's groups in this region. */
export async function ownGroups(ctx: StepContext): Promise<GroupFact[]> {
  const { groups } = await ctx.cell.ports.fleet.describe({ service: ctx.settings.name });
  return groups.filter((g) => ctx.here.groups.includes(g.name));
}

export async function groupNamed(ctx: StepContext, name: string): Promise<GroupFact> {
  const group = (await ownGroups(ctx)).find((g) => g.name === name);
  if (!group) throw new StepError('GiveUp', `${ctx.cell.region} has no Auto Scaling group ${name}`);
  return group;
}
