import { leftOutBy, type NodeId, type Subject, subjectPath } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { type Data, type TargetRef, targets } from './data.ts';
import { StepError } from './errors.ts';
import { found, recordThenAct, waitFor } from './record.ts';
import { deregisterAll, registerAll, runningOf } from './registration.ts';
import { isUsed } from './replacement.ts';
import { subjectNode } from './subject.ts';

const month = 30 * 86_400_000;

/** Where the subject was registered before an earlier move left it out of the load balancer; empty if none did. */
export async function targetsLeftOut(ctx: StepContext): Promise<TargetRef[]> {
  const since = ctx.cell.clock.now() - month;
  const incidents = await ctx.cell.ports.store.incidents({ service: ctx.settings.name, since });
  const by = leftOutBy(
    ctx.input.subject,
    incidents.filter((i) => i.id !== ctx.incident.id),
  );
  const note = by?.events.findLast((e) => e.step === 'drain' && e.data?.targets !== undefined);
  return note?.data ? targets(note.data, 'targets') : [];
}

/** Nodes of a group that a move has left out of the load balancer and nobody is putting back: they carry nothing any more. */
export async function nodesLeftOut(ctx: StepContext, group: string): Promise<NodeId[]> {
  const { store, fleet, balancer } = ctx.cell.ports;
  const ask = { service: ctx.settings.name };
  const incidents = await store.incidents({ ...ask, since: ctx.cell.clock.now() - month });
  const isLeftOut = (subject: Subject) =>
    leftOutBy(subject, incidents) !== null &&
    !incidents.some((i) => i.closedAt === null && subjectPath(i.subject) === subjectPath(subject));
  if (!incidents.some((i) => isLeftOut(i.subject))) return [];
  const [{ nodes }, all] = await Promise.all([fleet.describe(ask), balancer.health(ask)]);
  const used = new Set(all.filter((t) => t.state !== 'unused').map((t) => t.node));
  return nodes
    .filter((n) => n.group === group && n.lifecycle === 'in-service' && !used.has(n.id))
    .filter((n) => isLeftOut({ kind: 'node', region: ctx.cell.region, zone: n.zone, node: n.id }))
    .map((n) => n.id);
}

/** Those that have not been ended or detached. */
export async function runningAmong(ctx: StepContext, some: NodeId[]): Promise<NodeId[]> {
  if (some.length === 0) return [];
  const { nodes } = await ctx.cell.ports.fleet.describe({ service: ctx.settings.name });
  return nodes.filter((n) => some.includes(n.id) && n.lifecycle === 'in-service').map((n) => n.id);
}

/** Registers a node again that a move has left out while it was dead. */
export async function returnLeftOut(ctx: StepContext): Promise<StepResult> {
  const { node } = subjectNode(ctx);
  await recordThenAct(ctx, {
    step: 'return-traffic',
    key: 'node',
    async plan() {
      const back = await runningOf(ctx, await targetsLeftOut(ctx));
      if (back.length > 0)
        return { text: `puts ${node} back into the load balancer`, data: { targets: back } };
      throw new StepError('GiveUp', `no move has left ${node} out, or it does not run any more`);
    },
    async act(data) {
      await registerAll(ctx, targets(data, 'targets'));
      return { text: `${node} is back in the load balancer` };
    },
  });
  return go(`${node} may take traffic`);
}

/** It failed again: out as it was, unless nothing else serves. */
export async function leaveOutAgain(ctx: StepContext, data: Data): Promise<string> {
  const { node } = subjectNode(ctx);
  const all = await ctx.cell.ports.balancer.health({ service: ctx.settings.name });
  if (!all.some((t) => t.node !== node && t.state === 'healthy')) {
    return `${node} stays in the load balancer: no other target is healthy`;
  }
  await deregisterAll(ctx, targets(data, 'targets'));
  return `${node} is out of the load balancer again`;
}

/** Waits until the load balancer calls the node healthy. */
export async function nodeTakesTraffic(ctx: StepContext): Promise<StepResult> {
  const { node } = subjectNode(ctx);
  if (await isUsed(ctx, node)) return found(ctx, 'node-takes-traffic', `the load balancer uses ${node}`);
  const { recoveryMs } = ctx.settings.timing;
  return waitFor(ctx, 'node-takes-traffic', recoveryMs, `${node} does not serve yet`);
}
