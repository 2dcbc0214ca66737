import type { FleetFact, NodeId, ZoneName } from '@evac/core';
import { nodeId, zoneName } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { type Data, text } from './data.ts';
import { isPortError, StepError } from './errors.ts';
import { aloneWith, lowerByOne } from './group-size.ts';
import { lastOf, record, recordThenAct } from './record.ts';
import { subjectNode } from './subject.ts';

/**
 * Launches one replacement: in the node's own zone, then in the others, fewest nodes first. Each try is recorded with
 * the token that makes it the same launch when it is run twice.
 */
export async function launch(ctx: StepContext): Promise<StepResult> {
  const launched = replacementOf(ctx);
  if (launched) return go(`${launched} is launched`);
  const { node, zone } = subjectNode(ctx);
  const fleet = await ctx.cell.ports.fleet.describe({ service: ctx.settings.name });
  const group = groupOf(ctx, fleet, node);
  const order = zonesInOrder(fleet, group, zone);
  // What an earlier run was about to launch comes first: it may exist.
  const begunIn = order.filter((z) => lastOf(ctx, 'launch', z)?.phase === 'intent');
  for (const where of [...begunIn, ...order.filter((z) => !begunIn.includes(z))]) {
    if (lastOf(ctx, 'launch', where)?.phase === 'failed') continue;
    const replacement = await launchInto(ctx, group, where);
    if (replacement) return go(`${replacement} is launched in ${where}`);
  }
  throw new StepError('GiveUp', `no capacity in ${order.join(', ')}: ${node} stays`);
}

/** The group whose size the launch has raised, or is about to; null before. */
export function launchedInto({ incident }: StepContext): string | null {
  const group = incident.events.findLast((e) => e.step === 'launch' && e.data?.group !== undefined)?.data
    ?.group;
  return group === undefined ? null : String(group);
}

/** The replacement's id once its launch is recorded. */
export function replacementOf(ctx: StepContext): NodeId | null {
  const done = ctx.incident.events.findLast((e) => e.step === 'launch' && e.phase === 'done');
  return done ? nodeId(text(done.data ?? {}, 'node')) : null;
}

async function launchInto(ctx: StepContext, group: string, zone: ZoneName): Promise<NodeId | null> {
  try {
    const done = await aloneWith(ctx, group, () =>
      recordThenAct(ctx, {
        step: 'launch',
        key: zone,
        plan: async () => ({
          text: `launches a replacement in ${zone}`,
          data: { group, zone, token: `${ctx.incident.id}.${zone}` },
        }),
        async act(data) {
          const { node } = await ctx.cell.ports.fleet.launch(launchOf(data));
          return { text: `${node} is launched in ${zone}`, data: { node } };
        },
      }),
    );
    return done && nodeId(text(done, 'node'));
  } catch (error) {
    if (!isPortError(error, 'no-capacity', 'at-limit')) throw error;
    await record(ctx, { step: 'launch', phase: 'failed', text: error.message, data: { key: zone } });
    if (error.code === 'no-capacity') return null;
    throw new StepError(
      'GiveUp',
      `${group} is at its maximum size, so no replacement can be launched first (${error.message}); raise its maximum`,
    );
  }
}

function launchOf(data: Data) {
  return { group: text(data, 'group'), zone: zoneName(text(data, 'zone')), token: text(data, 'token') };
}

function groupOf(ctx: StepContext, fleet: FleetFact, node: NodeId): string {
  const group = fleet.nodes.find((n) => n.id === node)?.group ?? ctx.here.groups[0];
  if (group === undefined)
    throw new StepError('GiveUp', `${node} belongs to no Auto Scaling group of the service`);
  return group;
}

function zonesInOrder(fleet: FleetFact, groupName: string, own: ZoneName): ZoneName[] {
  const group = fleet.groups.find((g) => g.name === groupName);
  const size = (zone: ZoneName) =>
    fleet.nodes.filter((n) => n.group === groupName && n.zone === zone && n.lifecycle !== 'terminated')
      .length;
  const others = (group?.zones ?? [])
    .filter((z) => z !== own)
    .toSorted((a, b) => size(a) - size(b) || a.localeCompare(b));
  return group?.zones.includes(own) ? [own, ...others] : others;
}

/**
 * Ends the replacement. Where the record does not know whether it was launched, the same token tells: it names the
 * launched node, or launches one that is ended at once.
 */
export async function endReplacement(ctx: StepContext, data: Data): Promise<string> {
  const { fleet } = ctx.cell.ports;
  try {
    const node =
      typeof data.node === 'string' ? nodeId(data.node) : (await fleet.launch(launchOf(data))).node;
    if (await isGone(ctx, node)) return await lowerOnce(ctx, data, node);
    await mustNotBeTheLast(ctx, node);
    await record(ctx, {
      step: 'launch',
      phase: 'note',
      text: `ends the replacement ${node}`,
      data: { ending: node },
    });
    await fleet.terminate({ node, decrement: true });
    return `the replacement ${node} is ended`;
  } catch (error) {
    if (!isPortError(error, 'no-capacity', 'at-limit')) throw error;
    return 'no replacement was launched';
  }
}

/**
 * The old node may be back in the load balancer only since a moment ago, and one that is dead for sure does not serve,
 * whatever a shallow check of the balancer says: the undoing is tried again until somebody else serves.
 */
async function mustNotBeTheLast(ctx: StepContext, node: NodeId): Promise<void> {
  const all = await ctx.cell.ports.balancer.health({ service: ctx.settings.name });
  const healthy = all.filter((t) => t.state === 'healthy');
  if (!healthy.some((t) => t.node === node)) return;
  const old = subjectNode(ctx).node;
  if (all.some((t) => t.node === old && t.state === 'initial'))
    throw new Error(`${old} is back, but not healthy yet: its replacement ${node} is not ended before`);
  const others = healthy.filter((t) => t.node !== node);
  const serve = others.some((t) => t.node !== old) || (others.length > 0 && !(await isDead(ctx)));
  if (!serve) throw new Error(`the replacement ${node} is the only target that serves here: not ended yet`);
}

async function isDead({ judge, cell, input }: StepContext): Promise<boolean> {
  return (await judge.stillNeeded(cell, input)) === 'confirmed';
}

async function isGone(ctx: StepContext, node: NodeId): Promise<boolean> {
  const { nodes } = await ctx.cell.ports.fleet.describe({ service: ctx.settings.name });
  return !nodes.some((n) => n.id === node && (n.lifecycle === 'pending' || n.lifecycle === 'in-service'));
}

/**
 * The replacement ended by itself, or an earlier run has ended it. In the first case the launch has left the desired
 * size one too high; the size wanted is written before it is set, so that a second run does not lower it twice.
 */
async function lowerOnce(ctx: StepContext, data: Data, node: NodeId): Promise<string> {
  const ending = ctx.incident.events.some((e) => e.step === 'launch' && e.data?.ending === node);
  if (ending) return `the replacement ${node} is ended`;
  const { groups } = await ctx.cell.ports.fleet.describe({ service: ctx.settings.name });
  const group = groups.find((g) => g.name === text(data, 'group'));
  const known = ctx.incident.events.find((e) => e.step === 'launch' && typeof e.data?.lowerTo === 'number');
  const desired = known ? Number(known.data?.lowerTo) : (group?.desired ?? 1) - 1;
  const said = `the replacement ${node} is gone already; lowers the group to ${desired}`;
  await record(ctx, { step: 'launch', phase: 'note', text: said, data: { lowerTo: desired } });
  return `the replacement ${node} is gone already; ${await lowerByOne(ctx, text(data, 'group'), desired)}`;
}
