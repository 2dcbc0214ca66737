import type { Candidate } from '../move.ts';
import { formatDuration } from '../time.ts';
import { isConfirmed } from '../verdict/node.ts';
import type { Guard, GuardContext, Objection } from './guard.ts';

/** The evidence must be a verdict, not a voice: enough vantages, enough rounds, and for fail-back long enough. */
export const quorum: Guard = {
  name: 'quorum',
  yieldsToForce: true,
  object(candidate, context) {
    if (candidate.move === 'fail-back') return backForGood(candidate, context);
    const { verdicts } = context;
    const { subject } = candidate;
    if (subject.kind === 'node') {
      const node = verdicts.nodes.find((n) => n.node === subject.node);
      if (node && isConfirmed(node)) return null;
      if (node?.verdict === 'failing' || node?.verdict === 'dead') {
        return no(`${subject.node} has begun to answer again`, 'clears when it fails again, or force');
      }
      return no(
        `${node?.bad ?? 0} of ${node?.seeing ?? 0} vantages that see ${subject.node} find it failing`,
        'needs a strict majority of them, and two where the region has two',
      );
    }
    if (subject.kind === 'zone') {
      const zone = verdicts.zones.find((z) => z.zone === subject.zone);
      if (zone?.verdict === 'impaired') return null;
      return no(
        `${subject.zone} is ${zone?.verdict ?? 'unknown'}: ${zone?.because ?? 'no evidence'}`,
        'needs an outlier over several rounds',
      );
    }
    const region = verdicts.regions.find((r) => r.region === subject.region);
    if (region?.verdict === 'down') return null;
    return no(
      `${subject.region} is ${region?.verdict ?? 'unknown'}: ${region?.because ?? 'no evidence'}`,
      'needs a majority of outside vantages; where there is one, the region silent or of the same mind',
    );
  },
};

function backForGood({ subject }: Candidate, { verdicts, settings, now }: GuardContext): Objection {
  const wanted = settings.limits.failBackAfterMs;
  const verdict =
    subject.kind === 'zone'
      ? verdicts.zones.find((z) => z.zone === subject.zone)
      : subject.kind === 'node'
        ? nodeVerdict(subject.node, verdicts)
        : verdicts.regions.find((r) => r.region === subject.region);
  if (verdict?.verdict !== 'healthy' && verdict?.verdict !== 'serving') {
    return no(
      `it is ${verdict?.verdict ?? 'unknown'}: ${verdict?.because ?? 'no evidence'}`,
      'it must be healthy first',
    );
  }
  const nodes = subject.kind === 'zone' ? verdicts.nodes.filter((n) => n.zone === subject.zone) : [];
  const sick = nodes.find((n) => n.verdict !== 'healthy');
  if (sick) return no(`${sick.node} is ${sick.verdict}`, 'every node of the zone must be healthy first');
  const since = Math.max(verdict.since, ...nodes.map((n) => n.since));
  if (now - since >= wanted) return null;
  return no(
    `healthy for ${formatDuration(now - since)} of ${formatDuration(wanted)}`,
    `wait ${formatDuration(since + wanted - now)}, or force`,
  );
}

function nodeVerdict(id: string, { nodes }: GuardContext['verdicts']) {
  const node = nodes.find((n) => n.node === id);
  return node && { ...node, because: node.detail };
}

const no = (because: string, unblock: string) => ({ because, unblock });
