import type { RegionName } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { text } from './data.ts';
import { isPortError } from './errors.ts';
import { writeWeights } from './flip.ts';
import { found, marked, record, waitFor, waitingSince } from './record.ts';
import { subjectRegion } from './subject.ts';

/** Waits for the last change of weights to be answered everywhere. A switch makes no change to wait for. */
export async function dnsInSync(ctx: StepContext): Promise<StepResult> {
  const last = ctx.incident.events.findLast((e) => typeof e.data?.change === 'string');
  if (!last) return go('no change of records to wait for');
  const data = last.data ?? {};
  try {
    if (await ctx.cell.ports.dns.inSync({ change: text(data, 'change') }))
      return go('every DNS server has it');
  } catch (error) {
    // NoSuchChange: the control plane failed over and forgot it. Submit it again.
    if (!isPortError(error, 'not-found')) throw error;
    const said = marked(last.text, ' (forgotten by Route 53, again)');
    await record(ctx, { ...last, phase: 'intent', text: said });
    const again = await writeWeights(ctx, data);
    await record(ctx, { ...last, phase: 'done', text: again.text, data: { ...data, ...again.data } });
  }
  return waitFor(ctx, 'dns-in-sync', ctx.settings.timing.recoveryMs, 'DNS has not taken the change yet');
}

/**
 * Watches until the failed region is gone from the authoritative servers' answers. Servers that do not answer us are
 * noted and not waited for: the switch has been written, and the proof is still to come.
 */
export async function watchDns(ctx: StepContext): Promise<StepResult> {
  const failed = subjectRegion(ctx);
  const answers = await ask(ctx);
  if (answers && !answers.includes(failed) && answers.includes(ctx.cell.region)) {
    return found(ctx, 'watch-dns', `DNS answers with ${answers.join(', ')}`);
  }
  if (!answers && isLate(ctx))
    return found(ctx, 'watch-dns', 'DNS could not be watched: no server answered us');
  const what = answers
    ? `DNS still answers with ${answers.join(', ') || 'nothing'}`
    : 'no DNS server answers us';
  return waitFor(ctx, 'watch-dns', limitMs(ctx), what);
}

/** What the servers answer now; null when none answers us. */
export async function ask(ctx: StepContext): Promise<RegionName[] | null> {
  try {
    return await ctx.cell.ports.dns.answers({ service: ctx.settings.name });
  } catch {
    return null;
  }
}

function isLate(ctx: StepContext): boolean {
  const since = waitingSince(ctx, 'watch-dns');
  return since !== null && ctx.cell.clock.now() - since >= limitMs(ctx);
}

/** Health checks of the switch, then what resolvers may keep. */
export function limitMs(ctx: StepContext): number {
  return 2 * ctx.settings.timing.recoveryMs + (ctx.settings.dns?.ttlMs ?? 0);
}
