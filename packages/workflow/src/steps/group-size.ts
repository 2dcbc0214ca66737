import type { Lease } from '@evac/core';
import type { StepContext } from './context.ts';
import { record } from './record.ts';

/** Longer than one change with its reads and writes takes; a run that died keeps the others waiting for no longer. */
const ttlMs = 20_000;
const lookMs = 1_000;

/**
 * Runs what changes a group's size, from reading it until what was done is written, while no other move of the cell does
 * so. Auto Scaling takes a size and no "one more" (SetDesiredCapacity), so whoever sets one undoes what has changed since
 * it was read. Whoever has not got the lease for as long as one lasts goes on without it, and says so: no move fails of this.
 */
export async function aloneWith<T>(ctx: StepContext, group: string, change: () => Promise<T>): Promise<T> {
  const lease = await take(ctx, `size of ${group}`);
  if (!lease) {
    const text = `the lease on the size of ${group} was not to be had: goes on without it`;
    await record(ctx, { step: 'size', phase: 'note', text });
  }
  try {
    return await change();
  } finally {
    // It runs out by itself.
    const { store } = ctx.cell.ports;
    if (lease) await store.releaseLease({ scope: lease.scope, token: lease.token }).catch(() => undefined);
  }
}

async function take({ cell, incident }: StepContext, scope: string): Promise<Lease | null> {
  const { store } = cell.ports;
  const until = cell.clock.now() + ttlMs;
  for (;;) {
    // An answer that was lost is no matter: the same holder gets it again.
    const lease = await store.acquireLease({ scope, holder: incident.id, ttlMs }).catch(() => null);
    if (lease || cell.clock.now() >= until) return lease;
    await cell.clock.sleep(lookMs);
  }
}

/**
 * Lowers a group to `to`, one less than it was when that was planned. A run that comes later may find what others have asked
 * for since, which an old size would take from them: it is left, since a node too many does less harm.
 */
export async function lowerByOne(ctx: StepContext, name: string, to: number): Promise<string> {
  const { fleet } = ctx.cell.ports;
  const { groups } = await fleet.describe({ service: ctx.settings.name });
  const desired = groups.find((g) => g.name === name)?.desired ?? to;
  if (desired !== to && desired !== to + 1)
    return `${name} was changed to ${desired} meanwhile, and is left so`;
  if (desired !== to) await fleet.setDesired({ group: name, desired: to });
  return `${name} is asked for ${to} nodes`;
}
