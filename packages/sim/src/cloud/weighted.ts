import type { DnsRecord, RegionName } from '@evac/core';

/**
 * Which weighted records Route 53 answers with, and their shares. A record of weight zero is answered only while no
 * healthy record has a weight; when none is healthy all count as healthy; weights that are all zero mean equal
 * traffic, given here as 1 each.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 */
export function recordsInPlay(records: DnsRecord[]): { region: RegionName; weight: number }[] {
  const healthy = records.filter((r) => r.healthy);
  const considered = healthy.length > 0 ? healthy : records;
  const weighted = considered.filter((r) => r.weight > 0);
  if (weighted.length > 0) return weighted.map(({ region, weight }) => ({ region, weight }));
  return considered.map(({ region }) => ({ region, weight: 1 }));
}
