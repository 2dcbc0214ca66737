import { formatDuration } from '../time.ts';
import type { Guard } from './guard.ts';

/** Nothing moves on old evidence, or where the cloud's own account of things is missing. */
export const freshness: Guard = {
  name: 'freshness',
  yieldsToForce: false,
  object(candidate, { snapshot, settings, verdicts, now }) {
    const { subject } = candidate;
    const limit = settings.timing.freshMs;
    if (subject.kind !== 'region') {
      if (snapshot.fleet === null) return unread('the Auto Scaling group could not be described');
      if (snapshot.balancer === null) return unread("the load balancer's target health could not be read");
      if (subject.kind === 'zone' && snapshot.shifts === null)
        return unread('zonal shifts could not be listed');
    }
    if (candidate.move === 'fail-over-region' && settings.dns?.control === 'records') {
      // Which regions are out already is in their weights, and these are what would be changed.
      if (snapshot.regions.some((r) => r.weight === null))
        return unread('the weights in DNS could not be read');
    }
    if (subject.kind === 'node' && (verdicts.nodes.find((n) => n.node === subject.node)?.seeing ?? 0) === 0) {
      return missing(`no vantage has asked ${subject.node} within ${formatDuration(limit)}`);
    }
    const seeing = snapshot.vantages.filter(
      (v) => v.region === snapshot.cell && !v.blind && v.lastAt !== null && now - v.lastAt <= limit,
    );
    if (seeing.length === 0)
      return missing(`no vantage of ${snapshot.cell} has reported within ${formatDuration(limit)}`);
    return null;
  },
};

const unread = (because: string) => ({ because, unblock: 'clears when that API answers' });
const missing = (because: string) => ({ because, unblock: 'clears with the next fresh observation' });
