import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { type Data, targets } from './data.ts';
import { reverting } from './effects.ts';
import { StepError } from './errors.ts';
import { targetsLeftOut } from './left-out.ts';
import { record, recordThenAct } from './record.ts';
import { deregisterAll, isRegistered, ref, registerAll } from './registration.ts';
import { subjectNode } from './subject.ts';

/** Takes the node out of every target group, with the port it was registered with. */
export async function drain(ctx: StepContext): Promise<StepResult> {
  const { node } = subjectNode(ctx);
  const { balancer } = ctx.cell.ports;
  const done = await recordThenAct(ctx, {
    step: 'drain',
    async plan() {
      const all = await balancer.health({ service: ctx.settings.name });
      const own = all.filter((t) => t.node === node && isRegistered(t));
      if (own.length === 0) {
        // An earlier move left it out: from here on this one answers for it.
        const out = await targetsLeftOut(ctx);
        return out.length === 0
          ? null
          : { text: `${node} is out of the load balancer already`, data: { targets: out } };
      }
      if (!all.some((t) => t.node !== node && t.state === 'healthy')) {
        throw new StepError(
          'Refused',
          `refused by last-one-standing: without ${node} no healthy target would be left in ${ctx.cell.region}; needs another healthy target`,
        );
      }
      return { text: `takes ${node} out of ${own.length} target group(s)`, data: { targets: own.map(ref) } };
    },
    async act(data) {
      await deregisterAll(ctx, targets(data, 'targets'));
      return { text: `${node} gets no new traffic` };
    },
  });
  return go(done ? `${node} gets no new traffic` : `${node} was not in the load balancer`);
}

/**
 * Puts the node back, unless it is dead for sure and others serve. A node that nobody calls dead belongs back in; a
 * dead one is better than nothing only where there is nothing. That it was left out is written: once it answers again, a
 * fail-back puts it back.
 */
export async function undrain(ctx: StepContext, data: Data): Promise<string> {
  const { node } = subjectNode(ctx);
  const { balancer } = ctx.cell.ports;
  const all = await balancer.health({ service: ctx.settings.name });
  const others = all.filter((t) => t.node !== node && t.state === 'healthy').length;
  const handedOver = reverting(ctx.incident)?.error === 'Subsumed';
  if (!handedOver && others > 0 && (await ctx.judge.stillNeeded(ctx.cell, ctx.input)) === 'confirmed') {
    const said = `${node} stays, out of rotation: it is dead, and ${others} other target(s) serve`;
    const note = { leftOut: true, targets: data.targets };
    await record(ctx, { step: 'drain', phase: 'note', text: said, data: note });
    return said;
  }
  const back = await registerAll(ctx, targets(data, 'targets'));
  return back > 0 ? `${node} is back in the load balancer` : `${node} does not run any more`;
}
