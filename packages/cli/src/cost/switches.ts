import type { ServiceSettings } from '@evac/core';
import { type Cell, type Fleet, sum } from './fleet.ts';
import { type Line, line, seconds } from './line.ts';

/** Assumed until measured on AWS. */
const switchSeconds = 0.005;
/** Counted by Route 53: of about sixteen places that ask, each every ten seconds (docs/facts.md), half do (stacks/dns.ts). */
export const checkerRequests = 0.8;

const switched = (service: ServiceSettings) => service.dns?.control === 'switch';

/** Of one region: it answers for each other one of a service. */
export function switchesOf({ here }: Cell): number {
  return sum(here.filter(switched), (s) => s.regions.length - 1);
}

export function switchLines(cell: Cell): Line[] {
  const { region } = cell;
  const requests = checkerRequests * switchesOf(cell) * seconds;
  return [
    line(
      'switch, asked',
      region,
      'lambdaRequests',
      requests,
      `${switchesOf(cell)} switch(es), Route 53’s checkers: ${checkerRequests} a second each`,
    ),
    line(
      'switch, running',
      region,
      'lambdaSeconds',
      requests * switchSeconds * 0.125,
      `${switchSeconds * 1_000} ms each (assumed), 128 MB`,
    ),
  ];
}

/** Health checks of the switches: an inverted one in each region that could take over, for each region. */
export function dnsLines({ services }: Fleet): Line[] {
  const checks = sum(services.filter(switched), (s) => s.regions.length * (s.regions.length - 1));
  const joined = sum(
    services.filter((s) => switched(s) && s.regions.length > 2),
    (s) => s.regions.length,
  );
  if (checks === 0) return [];
  return [
    line(
      'health checks',
      null,
      'healthChecks',
      checks + joined,
      `${checks} of switches, ${joined} that join them`,
    ),
    line('health checks, options', null, 'healthCheckOptions', checks * 2, 'HTTPS and every 10 s'),
  ];
}
