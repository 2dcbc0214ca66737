import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { count, type Data } from './data.ts';
import { StepError } from './errors.ts';
import { aloneWith, lowerByOne } from './group-size.ts';
import { launchedInto, replacementOf } from './launch.ts';
import { recordThenAct } from './record.ts';
import { isUsed } from './replacement.ts';
import { subjectNode } from './subject.ts';

/** Ends the old node, or keeps it for forensics, once more sure that its replacement serves. No way back. */
export async function retire(ctx: StepContext): Promise<StepResult> {
  const group = launchedInto(ctx);
  return group === null ? retireAlone(ctx) : aloneWith(ctx, group, () => retireAlone(ctx));
}

async function retireAlone(ctx: StepContext): Promise<StepResult> {
  const { node } = subjectNode(ctx);
  const { fleet } = ctx.cell.ports;
  const keep = ctx.settings.retire === 'keep';
  await recordThenAct(ctx, {
    step: 'retire',
    async plan() {
      const replacement = replacementOf(ctx);
      if (!replacement || !(await isUsed(ctx, replacement))) {
        throw new StepError('GiveUp', `the replacement ${replacement} does not serve any more`);
      }
      const { nodes, groups } = await fleet.describe({ service: ctx.settings.name });
      const fact = nodes.find(
        (n) => n.id === node && n.lifecycle !== 'terminating' && n.lifecycle !== 'terminated',
      );
      const group = groups.find((g) => g.name === nodes.find((n) => n.id === replacement)?.group);
      if (!fact && group) {
        // Auto Scaling has replaced it by itself, so the launch has made one too many.
        const data = { keep, group: group.name, to: group.desired - 1 };
        return { text: `${node} is gone already; lowers ${group.name} to ${data.to}`, data };
      }
      return {
        text: `${keep ? 'detaches' : 'ends'} ${node}; ${replacement} serves in its place`,
        data: { keep },
      };
    },
    act: async (data) => ({ text: await endOldNode(ctx, data) }),
  });
  return go(`${node} is retired`);
}

/** By the plan that was written: also where the move turned round, by an error or a larger move, when it had begun to. */
export async function endOldNode(ctx: StepContext, data: Data): Promise<string> {
  const { node } = subjectNode(ctx);
  const { fleet } = ctx.cell.ports;
  if (typeof data.group === 'string') {
    return `${node} was gone; ${await lowerByOne(ctx, data.group, count(data, 'to'))}`;
  }
  // The launch raised the desired size by one; this lowers it again.
  if (data.keep) await fleet.keep({ node, decrement: true });
  else await fleet.terminate({ node, decrement: true });
  return data.keep ? `${node} is detached and kept` : `${node} is ended`;
}
