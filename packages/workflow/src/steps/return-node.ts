import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { targets } from './data.ts';
import { begun } from './effects.ts';
import { lastOf, record, recordThenAct, waitFor } from './record.ts';
import { registerAll } from './registration.ts';
import { isUsed } from './replacement.ts';
import { subjectNode } from './subject.ts';

/** Puts a node that is mended back into the target groups it was taken out of, and waits until they use it. */
export async function returnNode(ctx: StepContext): Promise<StepResult> {
  const { node } = subjectNode(ctx);
  if (!lastOf(ctx, 'drain')) return go(`${node} was not in the load balancer`);
  await recordThenAct(ctx, {
    step: 'return-node',
    async plan() {
      const drained = begun(ctx.incident).find((e) => e.step === 'drain');
      return drained
        ? { text: `puts ${node} back into the load balancer`, data: { targets: drained.data.targets } }
        : null;
    },
    async act(data) {
      await registerAll(ctx, targets(data, 'targets'));
      const said = `${node} is back in the load balancer`;
      await record(ctx, {
        step: 'drain',
        phase: 'undone',
        text: said,
        data: { key: '', targets: data.targets },
      });
      return { text: said };
    },
  });
  if (await isUsed(ctx, node)) return go(`the load balancer uses ${node}`);
  return waitFor(ctx, 'return-node', ctx.settings.timing.recoveryMs, `${node} does not serve yet`);
}
