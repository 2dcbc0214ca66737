import {
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { PortError, type RegionName, type ServiceSettings } from '@evac/core';
import type { Clients } from '../clients.ts';

export interface WeightedRecord {
  region: RegionName;
  /** As Route 53 has it: whatever else it says must be said again in a change. */
  set: ResourceRecordSet;
}

/** The id of the public hosted zone that a name lies in. Rejects with `not-found`, or `invalid` when there are two. */
export async function findZone(clients: Clients, name: string): Promise<string> {
  const labels = name.split('.');
  for (let i = 0; i < labels.length - 1; i++) {
    const parent = `${labels.slice(i).join('.')}.`;
    const ask = new ListHostedZonesByNameCommand({ DNSName: parent, MaxItems: 10 });
    const answer = await clients.call(`finding the hosted zone of ${name}`, (options) =>
      clients.get(Route53Client).send(ask, options),
    );
    const zones = (answer.HostedZones ?? []).filter((z) => z.Name === parent && !z.Config?.PrivateZone);
    const [zone, second] = zones.map((z) => z.Id?.split('/').at(-1) ?? '');
    if (second) {
      throw new PortError(
        'invalid',
        `two public hosted zones are named ${parent} (${zone}, ${second}): say which one holds ${name}`,
      );
    }
    if (zone) return zone;
  }
  throw new PortError('not-found', `no public hosted zone of this account holds ${name}`);
}

/** Every record set of a name, as Route 53 has them. */
export async function recordSets(clients: Clients, zone: string, name: string): Promise<ResourceRecordSet[]> {
  const sets: ResourceRecordSet[] = [];
  let from: Partial<ListResourceRecordSetsCommandInput> = { StartRecordName: name };
  for (;;) {
    const page = new ListResourceRecordSetsCommand({ HostedZoneId: zone, ...from });
    const answer = await clients.call(`listing the records of ${name}`, (options) =>
      clients.get(Route53Client).send(page, options),
    );
    const here = (answer.ResourceRecordSets ?? []).filter((set) => plain(set.Name) === name);
    sets.push(...here);
    // Names are in order: the first other one is the end of ours.
    const ended = here.length < (answer.ResourceRecordSets ?? []).length;
    if (!answer.IsTruncated || ended) return sets;
    from = {
      StartRecordName: answer.NextRecordName,
      StartRecordType: answer.NextRecordType,
      StartRecordIdentifier: answer.NextRecordIdentifier,
    };
  }
}

/**
 * Whose record it is: a region's if its set identifier is the region's name, or if it leads to the region's endpoint;
 * null if nobody's.
 */
export function regionOfRecord(
  set: ResourceRecordSet,
  regions: ServiceSettings['regions'],
): RegionName | null {
  return regions.find((r) => set.SetIdentifier === r.region || leadsTo(set, r.endpoint))?.region ?? null;
}

/**
 * The weighted records of a service's name, by region. A region may have several, of different types; records of
 * nobody we know are left alone. Rejects with `invalid` when no region has one.
 */
export async function listRecords(
  clients: Clients,
  zone: string,
  name: string,
  { regions }: Pick<ServiceSettings, 'regions'>,
): Promise<WeightedRecord[]> {
  const sets = (await recordSets(clients, zone, name)).filter((set) => set.Weight !== undefined);
  const records = sets.flatMap((set) => {
    const region = regionOfRecord(set, regions);
    return region ? [{ region, set }] : [];
  });
  if (records.length > 0) return records;
  const seen = sets.map((set) => set.SetIdentifier).join(', ') || 'none';
  throw new PortError(
    'invalid',
    `${name} has no weighted record whose set identifier is a region of the service (${regions.map((r) => r.region).join(', ')}): it has ${seen}`,
  );
}

function leadsTo(set: ResourceRecordSet, endpoint: string): boolean {
  const host = new URL(endpoint).hostname.toLowerCase();
  const values = set.ResourceRecords?.map((r) => plain(r.Value)) ?? [];
  return plain(set.AliasTarget?.DNSName) === host || values.includes(host);
}

/** As a name is written in a config; Route 53 ends it with a dot. */
function plain(name: string | undefined): string {
  return (name ?? '').toLowerCase().replace(/\.$/, '');
}
