import type { NodeVerdict } from '../decision.ts';
import { contains } from '../move.ts';
import type { CheckKind } from '../outcome.ts';
import { formatDuration } from '../time.ts';
import type { Guard, GuardContext, Objection } from './guard.ts';

/**
 * What fails is only broken by itself if others, asked the same since then, answer. Deep checks are spread over their
 * interval, so the first bad nodes of a bad release look like the only ones for a while, the last ones to recover
 * from it do so again, and one of two regions that run it seems to be down before the other.
 */
export const contrast: Guard = {
  name: 'contrast',
  yieldsToForce: false,
  object({ move, subject }, context) {
    if (move === 'fail-back') return null;
    if (subject.kind === 'region') return takesOver(subject.region, context);
    const { snapshot, verdicts } = context;
    const inside = (n: NodeVerdict) =>
      contains(subject, { kind: 'node', region: snapshot.cell, zone: n.zone, node: n.node });
    const failing = verdicts.nodes.filter(inside).flatMap((n) => n.failing ?? []);
    // Shallow checks ask all nodes in a round, and need no such proof.
    if (failing.length === 0 || failing.some((f) => f.check === 'shallow')) return null;
    const since = Math.min(...failing.map((f) => f.since));
    const lastAt = Math.min(...failing.map((f) => f.lastAt));
    const others = asked(verdicts.nodes.filter((n) => !inside(n)));
    const answering = others.filter((n) => answers(n, 'deep', since));
    const wanted = Math.max(1, Math.min(2, others.length));
    if (answering.length < wanted) {
      return {
        because: `${answering.length} of ${others.length} other nodes have generated an answer in the ${formatDuration(context.now - since)} since generations began to fail here`,
        unblock: `${wanted} are asked now: the fault may be everywhere`,
      };
    }
    const allAlong = answering.filter((n) => n.bad === 0 && n.since <= lastAt);
    if (allAlong.length >= wanted) return null;
    return {
      because: `the other nodes have recovered since this was last asked to generate, ${formatDuration(context.now - lastAt)} ago`,
      unblock: 'it is asked again soon: it may have recovered too',
    };
  },
};

/**
 * Most of this region's own nodes have passed what the other region's endpoint fails, since it began to; and the endpoint
 * here, which is asked the same, has done so all along: else both may have recovered, and this one was asked again first.
 */
function takesOver(region: string, { snapshot, verdicts, now }: GuardContext): Objection {
  const since = verdicts.regions.find((r) => r.region === region)?.since ?? 0;
  const views = snapshot.regions.find((r) => r.region === region)?.outside ?? [];
  const failing = views.flatMap((view) => view.failing ?? []);
  if (failing.length === 0) return null;
  const check = failing.every((kind) => kind === 'deep') ? 'deep' : 'shallow';
  const own = asked(verdicts.nodes);
  const well = own.filter((n) => answers(n, check, since));
  if (well.length <= own.length / 2) {
    const did = check === 'deep' ? 'generated an answer' : 'answered';
    return {
      because: `${well.length} of ${own.length} nodes of ${snapshot.cell} have ${did} in the ${formatDuration(now - since)} since ${region} began to fail`,
      unblock: 'most of them must have: the fault may be everywhere',
    };
  }
  // What clears has answered when it was last asked; what is stale was asked longest ago.
  const lastAt = Math.max(since, ...views.flatMap((v) => (v.failing !== null && !v.clearing ? [v.at] : [])));
  const here = snapshot.regions.find((r) => r.region === snapshot.cell)?.outside ?? [];
  const wellSince = here.find((view) => view.from === snapshot.cell)?.since ?? now;
  if (wellSince <= lastAt) return null;
  return {
    because: `${snapshot.cell}'s endpoint has recovered since ${region} was last asked, ${formatDuration(now - lastAt)} ago`,
    unblock: 'it is asked again soon: it may have recovered too',
  };
}

function asked(nodes: NodeVerdict[]): NodeVerdict[] {
  return nodes.filter((n) => n.verdict !== 'starting' && n.seeing > 0);
}

function answers(node: NodeVerdict, check: CheckKind, since: number): boolean {
  return !node.suspect && (node.answeredAt[check] ?? 0) > since;
}
