import type { RegionPicture } from '@evac/aws/doctor';
import type { ServiceSettings } from '@evac/core';
import type { Installation } from '@evac/core/config';
import { at, type Finding } from './finding.ts';

/** For the judge, the steps of several moves, the switch and what people ask. */
const others = 20;

/**
 * Whether Lambda runs as many functions at once as a bad hour takes: a run waits for its questions while the next span's is
 * due, so that where everything hangs there are as many of a vantage as spans fit into the longest question. New accounts
 * have ten runs in all: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export function judgeRuns(
  { region, runsAtOnce }: RegionPicture,
  services: readonly ServiceSettings[],
  network: Installation['networks'][number] | undefined,
): Finding[] {
  if (runsAtOnce === null) return [];
  const spanMs = Math.min(60_000, ...services.map(({ timing }) => timing.intervalMs));
  const longestMs = Math.max(
    0,
    ...services.map((s) => Math.max(s.shallow.timeoutMs, s.deep?.timeoutMs ?? 0)),
  );
  const runs = (network?.subnets.length ?? 0) * (network?.shards ?? 1) + 1;
  const probing = runs * Math.ceil((spanMs + longestMs) / spanMs);
  const needs = probing + others;
  if (runsAtOnce >= needs) return [];
  return [
    at({ region, service: null })('function-runs', {
      subject: 'Lambda’s concurrent executions',
      seen: `${runsAtOnce} that nobody has reserved`,
      right: `at least ${needs}: ${probing} runs of probes while every question hangs, and ${others} of all else; what is above is throttled, and asks nothing`,
      fix: `aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000 --region ${region}`,
    }),
  ];
}
