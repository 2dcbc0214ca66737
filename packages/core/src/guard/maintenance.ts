import { formatDuration } from '../time.ts';
import type { Guard } from './guard.ts';

/** An announced window in which trouble is expected. */
export const maintenance: Guard = {
  name: 'maintenance',
  yieldsToForce: true,
  object(_candidate, { settings, now }) {
    const window = settings.maintenance.find((w) => w.from <= now && now < w.to);
    if (!window) return null;
    return {
      because: `a window is open (${window.reason})`,
      unblock: `ends in ${formatDuration(window.to - now)}, or force`,
    };
  },
};
