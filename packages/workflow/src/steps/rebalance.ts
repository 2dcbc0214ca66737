import { failBacksOf, type Incident } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { type Data, text } from './data.ts';
import { begun, reverting } from './effects.ts';
import { evacuation } from './evacuation.ts';
import { record, recordThenAct } from './record.ts';

const process = 'AZRebalance';
/** The hold looks every few minutes: an evacuation closes soon after its fail-back. */
const day = 86_400_000;

/** Suspends AZRebalance where the move changes a group's zones or size. That it is owed back is written first. */
export async function suspendRebalance(ctx: StepContext): Promise<StepResult> {
  const { fleet } = ctx.cell.ports;
  const { groups, nodes } = await fleet.describe({ service: ctx.settings.name });
  const { subject } = ctx.input;
  const node = subject.kind === 'node' ? nodes.find((n) => n.id === subject.node) : undefined;
  const concerned = groups.filter(
    (g) => ctx.here.groups.includes(g.name) && (!node || g.name === node.group),
  );
  for (const group of concerned) {
    await recordThenAct(ctx, {
      step: 'suspend-rebalance',
      key: group.name,
      async plan() {
        // What a person suspended is not ours to resume; what another open move did is, by the last of them.
        const foreign = group.suspended.includes(process) && (await needing(ctx, group.name)).length === 0;
        if (foreign) return null;
        return { text: `AZRebalance of ${group.name} has to be resumed at the end`, data: {} };
      },
      async act() {
        await fleet.suspend({ group: group.name, process });
        return { text: `AZRebalance of ${group.name} is suspended` };
      },
    });
  }
  return go('AZRebalance is suspended');
}

/** Resumes what this move suspended, or, in a zone's fail-back, what its evacuation did. */
export async function resumeWhatIsOwed(ctx: StepContext): Promise<StepResult> {
  for (const effect of begun(ctx.incident).filter((e) => e.step === 'suspend-rebalance')) {
    await recordThenAct(ctx, {
      step: 'resume-rebalance',
      key: effect.key,
      plan: async () => ({ text: `resumes AZRebalance of ${effect.key}`, data: {} }),
      async act() {
        const said = await resume(ctx, effect.key);
        const data = { key: effect.key };
        await record(ctx, { step: 'suspend-rebalance', phase: 'undone', text: said, data });
        return { text: said };
      },
    });
  }
  const evacuated = ctx.input.move === 'fail-back' ? await evacuation(ctx) : null;
  for (const effect of evacuated ? begun(evacuated).filter((e) => e.step === 'suspend-rebalance') : []) {
    await recordThenAct(ctx, {
      step: 'resume-rebalance',
      key: effect.key,
      plan: async () => ({ text: `resumes AZRebalance of ${effect.key}`, data: {} }),
      act: async () => ({ text: await resume(ctx, effect.key, evacuated?.id) }),
    });
  }
  return go('AZRebalance is settled');
}

export function resumeRebalance(ctx: StepContext, data: Data): Promise<string> {
  return resume(ctx, text(data, 'key'));
}

async function resume(ctx: StepContext, group: string, onBehalfOf?: Incident['id']): Promise<string> {
  const others = (await needing(ctx, group)).filter((i) => i.id !== onBehalfOf);
  if (others.length > 0) {
    return `AZRebalance of ${group} stays suspended for ${others.map((i) => i.id).join(', ')}, which resumes it`;
  }
  await ctx.cell.ports.fleet.resume({ group, process });
  return `AZRebalance of ${group} is resumed`;
}

/**
 * Other open moves that hold the group's AZRebalance suspended. One that has begun to resume does not count, nor does an
 * evacuation whose fail-back has: of two that end together, each has written so before it looks, so at least one sees
 * that it is the last.
 */
async function needing(ctx: StepContext, group: string): Promise<Incident[]> {
  const { incident, settings } = ctx;
  const all = await ctx.cell.ports.store.incidents({
    service: settings.name,
    since: ctx.cell.clock.now() - day,
  });
  const resumes = (other: Incident) =>
    other.events.some((e) => e.step === 'resume-rebalance' && e.data?.key === group);
  return all.filter(
    (other) =>
      other.id !== incident.id &&
      other.closedAt === null &&
      other.cell === ctx.cell.region &&
      reverting(other) === null &&
      begun(other).some((e) => e.step === 'suspend-rebalance' && e.key === group) &&
      !resumes(other) &&
      !failBacksOf(other, all).some(resumes),
  );
}
