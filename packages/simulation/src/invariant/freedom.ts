import type { Truth } from '../contract.ts';
import { skewMs } from './bounds.ts';
import type { Ledger } from './ledger.ts';

const hourMs = 3_600_000;

/**
 * Why Evac by itself may begin no move in this region whatever it sees, or could not since the last trouble: a maintenance
 * window, a pause, the breaker, the moves of the hour; null if nothing is against it.
 */
export function boundHands(ledger: Ledger, region: string, truth: Truth, spare = 1): string | null {
  const { now, service } = truth;
  const window = service.maintenance.find(
    (w) => w.from <= now + skewMs && truth.troubledAt() < w.to + skewMs,
  );
  if (window) return `in the maintenance window "${window.reason}"`;
  const pause = ledger
    .pauses(region)
    .find(({ pause: { until }, removedAt }) => removedAt === null && (until === null || until > now));
  if (pause) return `paused by ${pause.pause.by}`;
  // What went wrong anywhere counts against the service, and a reset is its own store's.
  const everywhere = truth.scene.world.regions.flatMap((r) => ledger.incidents(r.name));
  const wrong = everywhere.filter(
    (i) =>
      (i.outcome === 'reverted' || i.outcome === 'failed') &&
      (i.closedAt ?? 0) > ledger.breakerResetAt(region),
  );
  if (wrong.length >= service.limits.breakerAfter) return `${wrong.length} moves went wrong`;
  const begun = everywhere.filter((i) => now - i.openedAt < hourMs && i.outcome !== 'refused').length;
  return begun + spare > service.limits.maxMovesPerHour ? `${begun} moves within the hour` : null;
}
