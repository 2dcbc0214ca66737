import type { RegionName, ServiceSettings } from '@evac/core';
import type { Cell } from './cell.ts';
import { pascal } from './place.ts';

/**
 * Route 53's part. A region's record is healthy as long as no region that could take over says otherwise: an inverted check on a
 * switch in each of these, so that losing one of them changes nothing. Several are joined by a calculated check that needs
 * all of them. Returns the checks' ids by service and region, for records that are not ours.
 */
export function createDns(cells: Cell[]): { healthChecks?: Record<string, $util.Output<string>> } {
  const [first] = cells;
  if (!first) return {};
  const { settings, installation } = first.place;
  const checks: Record<string, $util.Output<string>> = {};
  for (const service of settings.services) {
    const { dns } = service;
    if (!dns) continue;
    const managed = installation.names.find((n) => n.service === service.name && n.manage);
    for (const here of service.regions) {
      const check = dns.control === 'switch' ? createCheck(service, here.region, cells) : null;
      if (check) checks[`${service.name} in ${here.region}`] = check.id;
      if (managed)
        createRecord(first, service, here, { name: dns.name, ttlMs: dns.ttlMs, zone: managed.zone, check });
    }
  }
  return Object.keys(checks).length > 0 ? { healthChecks: checks } : {};
}

/**
 * Where Route 53 asks from: half of its places, on three continents, and one more than it wants at least. Each asks every ten
 * seconds, and every answer is a run of the switch.
 */
const checkers = ['us-east-1', 'us-west-1', 'eu-west-1', 'ap-northeast-1'];

/** Null where no other region could say that this one is out. */
function createCheck(
  service: ServiceSettings,
  region: RegionName,
  cells: Cell[],
): aws.route53.HealthCheck | null {
  const others = cells.filter(
    ({ place }) => place.region !== region && service.regions.some((r) => r.region === place.region),
  );
  const name = `Evac: ${service.name} in ${region}`;
  const children = others.map(
    (cell) =>
      new aws.route53.HealthCheck(
        `${pascal(service.name)}${pascal(region)}By${pascal(cell.place.region)}`,
        {
          type: 'HTTPS',
          fqdn: cell.functions.switch.url.apply((url) => new URL(url).hostname),
          port: 443,
          resourcePath: switchPath(service, region),
          enableSni: true,
          invertHealthcheck: true,
          requestInterval: 10,
          regions: checkers,
          // Two answers in a row: half a minute to turn, and one lost answer turns nothing.
          failureThreshold: 2,
          tags: { Name: `${name}, says ${cell.place.region}` },
        },
        { provider: cell.place.provider },
      ),
  );
  const [only, second] = children;
  if (!only || !second) return only ?? null;
  return new aws.route53.HealthCheck(
    `${pascal(service.name)}${pascal(region)}`,
    {
      type: 'CALCULATED',
      childHealthchecks: children.map((child) => child.id),
      childHealthThreshold: children.length,
      tags: { Name: name },
    },
    { provider: homeProvider(cells) },
  );
}

/** What the switch answers for: 200 while the region is out, anything else while it is not. */
function switchPath(service: ServiceSettings, region: RegionName): string {
  return `/${service.name}/${region}`;
}

function createRecord(
  { place }: Cell,
  service: ServiceSettings,
  here: ServiceSettings['regions'][number],
  ask: { name: string; ttlMs: number; zone: string; check: aws.route53.HealthCheck | null },
): void {
  new aws.route53.Record(
    `${pascal(service.name)}${pascal(here.region)}Record`,
    {
      zoneId: ask.zone,
      name: ask.name,
      type: 'CNAME',
      ttl: ask.ttlMs / 1_000,
      records: [new URL(here.endpoint).hostname],
      setIdentifier: here.region,
      weightedRoutingPolicies: [{ weight: here.weight }],
      ...(ask.check ? { healthCheckId: ask.check.id } : {}),
    },
    // Weights are what a fail-back changes: a deployment must not undo one.
    { provider: place.provider, ignoreChanges: ['weightedRoutingPolicies'] },
  );
}

function homeProvider(cells: Cell[]): aws.Provider {
  const [first] = cells;
  if (!first) throw new Error('there is no cell');
  return first.place.provider;
}
