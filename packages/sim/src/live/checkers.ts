import type { RegionName } from '@evac/core';
import type { Cloud } from '../cloud/cloud.ts';
import { checkTimeoutMs, every } from './every.ts';
import { statusOf } from './get.ts';

/** Where one region's switches answer. */
export interface SwitchSite {
  region: RegionName;
  host: string;
  port: number;
}

/**
 * Route 53's health checkers: each region's switches about all others, asked over HTTP. A region that does not
 * answer has no switch that is on: that is what the inverted check makes of silence.
 */
export function startCheckers(
  cloud: Pick<Cloud, 'reportSwitch'>,
  sites: readonly SwitchSite[],
  intervalMs: number,
): { stop(): Promise<void> } {
  const userAgent = 'Amazon-Route53-Health-Check-Service';
  const pairs = sites.flatMap((from) =>
    sites.filter((watched) => watched !== from).map((watched) => ({ from, watched: watched.region })),
  );
  return every(intervalMs, async () => {
    await Promise.all(
      pairs.map(async ({ from, watched }) => {
        const at = { host: from.host, port: from.port, path: `/switch/${watched}`, userAgent };
        const ok = (await statusOf(at, checkTimeoutMs(intervalMs))) === 200;
        cloud.reportSwitch(watched, from.region, ok);
      }),
    );
  });
}
