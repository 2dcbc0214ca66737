import { formatDuration } from '@evac/core';

/** For protocols that do not say how early they want to know. */
export const usualWarningMs = 14 * 24 * 3_600_000;

/** What to say of a certificate that ends soon; nothing of one that does not. One that has ended fails the handshake. */
export function warnOfExpiry(endsAt: number | null, now: number, warnBeforeMs: number): string[] {
  if (endsAt === null || Number.isNaN(endsAt) || endsAt - now > warnBeforeMs) return [];
  const left = formatDuration(Math.max(0, endsAt - now));
  return [`the certificate ends in ${left} (${new Date(endsAt).toISOString()})`];
}
