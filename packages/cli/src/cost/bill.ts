import type { ServiceSettings } from '@evac/core';
import { type Line, line, minutes, seconds } from './line.ts';
import { probeRuns } from './probe-runs.ts';

/** What a bill is made for: the config, and how many nodes there are, which the config does not know. */
export interface Fleet {
  services: readonly ServiceSettings[];
  /** Of each service, over all of its regions. */
  nodes: number;
  /** Zones of each region in which a vantage stands (`network` of the config). */
  vantageZones: Readonly<Record<string, number>>;
}

/** Compressed, as docs/decisions/table.md measured them; bytes of each outcome, and of each target's health. */
const outcomeBytes = 68;
const healthBytes = 58;
/** An item's own keys and times. */
const itemBytes = 200;

/** Assumed until measured on AWS: how long a judgement runs that finds everything in order, in seconds. */
const judgementSeconds = 0.06;
const switchSeconds = 0.005;
/** One probe over a fresh connection: handshake, question, answer. Bytes, both ways. */
const probeBytes = 2_500;
/** Counted by Route 53: about sixteen places ask, each every ten seconds (docs/facts.md). */
const checkerRequests = 1.6;

/** The month's bill for a fleet in which nothing happens: what failovers add is cents. */
export function bill(fleet: Fleet): Line[] {
  const regions = [...new Set(fleet.services.flatMap((s) => s.regions.map((r) => r.region)))];
  return [...regions.flatMap((region) => regionLines(fleet, region)), ...dnsLines(fleet)];
}

function regionLines(fleet: Fleet, region: string): Line[] {
  const here = fleet.services.filter((s) => s.regions.some((r) => r.region === region));
  const zones = fleet.vantageZones[region] ?? 0;
  const vantages = zones + 1;
  const rounds = sum(here, (s) => 1_000 / s.timing.intervalMs);
  const runs = probeRuns(fleet, region);
  const observed = here.map((service) => observationsOf(fleet, service, zones));
  const observations = sum(observed, (o) => o.perSecond);
  const writes = sum(observed, (o) => o.writeUnits);
  const probes = sum(observed, (o) => o.probes);
  const switches = here.filter((s) => s.dns?.control === 'switch');
  const switchRequests = checkerRequests * sum(switches, (s) => s.regions.length - 1) * seconds;
  const series = sum(here, (s) => zonesOf(s, region) * 4);
  const add = (item: string, price: Parameters<typeof line>[2], quantity: number, because: string) =>
    line(item, region, price, quantity, because);
  return [
    add('probes, running', 'lambdaSeconds', runs.seconds * seconds * 0.125, `${runs.because}, 128 MB`),
    add(
      'probes, started',
      'lambdaRequests',
      (vantages / runs.spanSeconds) * seconds,
      `${vantages} vantage(s), every ${runs.spanSeconds} s`,
    ),
    add(
      'probes, called',
      'queueRequests',
      vantages * runs.queueRequests * minutes,
      `${vantages} queue(s), ${runs.queueRequests} a minute: ${runs.queueBecause}`,
    ),
    add(
      'schedules',
      'schedules',
      (vantages * runs.batches + 2) * minutes,
      `${vantages * runs.batches} of probes, decide and discover, every minute`,
    ),
    add(
      'decide, running',
      'lambdaSeconds',
      observations * seconds * judgementSeconds * 0.5,
      `${round(observations)} observations a second, ${judgementSeconds * 1_000} ms each (assumed), 512 MB`,
    ),
    add(
      'decide, started',
      'lambdaRequests',
      observations * seconds,
      `${round(observations)} observations a second, each by itself`,
    ),
    add(
      'table, written',
      'tableWrites',
      writes * seconds,
      `${round(writes)} units a second: observations and health`,
    ),
    add(
      'table, read',
      'tableReads',
      (observations * 3 + rounds * vantages) * seconds + 40 * here.length * minutes,
      'targets and health of each judgement, targets of each round, and all of it every minute',
    ),
    add(
      'probes between zones',
      'zoneTransfer',
      (2 * probes * seconds * probeBytes * Math.max(0, zones - 1)) / Math.max(1, zones) / 1e9,
      `${round(probes)} probes a second of ${probeBytes / 1_000} KB, ${Math.max(0, zones - 1)} of ${zones} to another zone`,
    ),
    add('load balancer counts, read', 'metricsRead', series * minutes, `${series} metrics every minute`),
    add(
      'metrics',
      'metrics',
      sum(here, (s) => 15 + 4 * zonesOf(s, region)),
      `${here.length} service(s): 15, and 4 of each zone`,
    ),
    add(
      'alarms',
      'alarms',
      sum(here, (s) => 4 + 4 * zonesOf(s, region)) + 3 * vantages + 38,
      `${here.length} service(s): 4 metrics, and 4 of each zone; 3 of each vantage; 38 of Evac itself`,
    ),
    add(
      'alarms that join others',
      'compositeAlarms',
      sum(here, (s) => 1 + zonesOf(s, region)),
      'one of each service, and of each of its zones',
    ),
    add('dashboard', 'dashboards', 1, 'one'),
    add('logs', 'logs', (here.length * minutes * 4_000) / 1e9, '4 KB of each service, every minute'),
    add(
      'switch, asked',
      'lambdaRequests',
      switchRequests,
      `${switches.length} service(s), Route 53’s checkers: ${checkerRequests} a second for each other region`,
    ),
    add(
      'switch, running',
      'lambdaSeconds',
      switchRequests * switchSeconds * 0.125,
      `${switchSeconds * 1_000} ms each (assumed), 128 MB`,
    ),
    add('switch, table read', 'tableReads', switchRequests, 'one unit each'),
  ];
}

/** Of one service in one region: observations a second, what writing them and their health takes, and the probes in them. */
function observationsOf({ nodes }: Fleet, service: ServiceSettings, zones: number) {
  const { intervalMs } = service.timing;
  const own = Math.ceil(nodes / service.regions.length);
  const rounds = 1_000 / intervalMs;
  const units = (targets: number) =>
    kilobytes(itemBytes + targets * outcomeBytes) + kilobytes(itemBytes + targets * healthBytes) + 2;
  return {
    perSecond: (zones + 1) * rounds,
    writeUnits: rounds * (zones * units(own) + units(service.regions.length)),
    probes: rounds * (zones * own + service.regions.length),
  };
}

/** Health checks of the switches: an inverted one in each region that could take over, for each region. */
function dnsLines({ services }: Fleet): Line[] {
  const checks = sum(
    services.filter((s) => s.dns?.control === 'switch'),
    (s) => s.regions.length * (s.regions.length - 1),
  );
  const joined = sum(
    services.filter((s) => s.dns?.control === 'switch' && s.regions.length > 2),
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

function zonesOf(service: ServiceSettings, region: string): number {
  return service.regions.find((r) => r.region === region)?.zones.length ?? 0;
}

/** DynamoDB counts writes by the kilobyte begun. */
function kilobytes(bytes: number): number {
  return Math.ceil(bytes / 1_024);
}

function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((all, one) => all + of(one), 0);
}

function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
