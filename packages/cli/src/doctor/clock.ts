import type { Picture } from '@evac/aws/doctor';
import { formatDuration } from '@evac/core';
import { at, type Finding } from './finding.ts';

/** AWS refuses what is signed five minutes off; times in findings are wrong long before. */
const mostMs = 30_000;

/** This machine's clock against AWS's. */
export function judgeClock({ clock }: Pick<Picture, 'clock'>): Finding[] {
  if (!clock) return [];
  const off = clock.here - clock.there;
  if (Math.abs(off) <= mostMs) return [];
  return [
    at({ region: null, service: null })('clock-off', {
      subject: 'clock of this machine',
      seen: `${formatDuration(Math.abs(off))} ${off > 0 ? 'ahead of' : 'behind'} AWS’s`,
      right: 'within 30s: requests that are signed 5m off are refused, a deployment’s too',
      fix: 'sudo timedatectl set-ntp true, or the time settings of the system',
    }),
  ];
}
