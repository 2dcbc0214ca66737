import type { NamePicture, RecordPicture } from '@evac/aws/doctor';
import { formatDuration, type ServiceSettings } from '@evac/core';
import { judgeChecks } from './checks.ts';
import { at, type Finding } from './finding.ts';

/** An alias to a load balancer has the load balancer's own, whatever a config says. */
const aliasTtlMs = 60_000;

export interface NamePlace {
  service: ServiceSettings;
  name: NamePicture;
  /** Whether deploying writes the records. */
  managed: boolean;
  deployed: boolean;
}

/** A service's name in Route 53: a record for each region, soon forgotten, and healthy as long as nobody says otherwise. */
export function judgeName(place: NamePlace): Finding[] {
  const { service, name } = place;
  const say = at({ region: null, service: service.name });
  if (name.zoneProblem !== null)
    return [
      say('hosted-zone', {
        subject: `name ${name.name}`,
        seen: name.zoneProblem,
        right: 'one public hosted zone of this account that holds it',
        fix: 'in evac.config.ts, dns.name and dns.zone; aws route53 list-hosted-zones lists what there is',
      }),
    ];
  const { records } = name;
  if (!records) return [];
  return [
    ...judgePresence(place, records),
    ...judgeForeign(place, records),
    ...judgeTtl(place, records),
    ...judgeWeights(place, records),
    ...judgeChecks(place, records),
  ];
}

/** Of a region, and weighted. */
export function weightedOf(records: readonly RecordPicture[], region: string): RecordPicture[] {
  return records.filter((r) => r.region === region && r.weight !== null);
}

function judgePresence({ service, name, managed, deployed }: NamePlace, records: RecordPicture[]): Finding[] {
  return service.regions
    .filter(({ region }) => weightedOf(records, region).length === 0)
    .map(({ region, weight, endpoint }) => {
      const subject = `${name.name} for ${region}`;
      const say = at({ region, service: service.name });
      if (managed && !deployed)
        return say('record-not-yet', {
          subject,
          seen: 'no weighted record',
          right: 'one, which deploying writes (dns.manage)',
          fix: records.some((r) => r.weight === null)
            ? 'take the name’s other records away first: a name is weighted or not'
            : 'deploy',
        });
      return say('record-missing', {
        subject,
        seen: records.some((r) => r.weight === null)
          ? 'the name has a record that is not weighted'
          : 'no weighted record whose set identifier is the region’s name, or that leads to its endpoint',
        right: `a weighted record: set identifier ${region}, weight ${weight}, to ${hostOf(endpoint)}, with the region’s health check`,
        fix: 'aws route53 change-resource-record-sets, or the Route 53 console; docs/install.md says how, or let deploying write it (dns.manage)',
      });
    });
}

function judgeForeign({ service, name }: NamePlace, records: RecordPicture[]): Finding[] {
  const say = at({ region: null, service: service.name });
  return records
    .filter((r) => r.region === null && r.weight !== null && r.weight > 0)
    .map((r) =>
      say('record-foreign', {
        subject: `${name.name}, record ${r.identifier} ${r.type}`,
        seen: `weight ${r.weight}, and leads to no region of the service`,
        right: 'a region of the service, or weight 0: its share of the traffic is nobody’s to move',
        fix: 'name the region as its set identifier, add the region to evac.config.ts, or delete the record',
      }),
    );
}

function judgeTtl({ service, name }: NamePlace, records: RecordPicture[]): Finding[] {
  const wanted = service.dns?.ttlMs ?? 0;
  return ofRegions(service, records).flatMap(({ region, record }) => {
    const ttl = record.ttlMs ?? aliasTtlMs;
    if (ttl <= wanted) return [];
    const alias = record.ttlMs === null;
    return at({ region, service: service.name })('record-ttl', {
      subject: `${name.name} for ${region}, ${record.type}`,
      seen: alias ? 'an alias, whose TTL is 60s at a load balancer' : `TTL ${formatDuration(ttl)}`,
      right: `at most ${formatDuration(wanted)}, the service’s dns.ttl: clients stay with a lost region for as long`,
      fix: alias
        ? `a CNAME with TTL ${wanted / 1_000}; or dns.ttl: '1m' in evac.config.ts, if recovery allows it`
        : `aws route53 change-resource-record-sets with TTL ${wanted / 1_000}`,
    });
  });
}

function judgeWeights({ service, name }: NamePlace, records: RecordPicture[]): Finding[] {
  const own = ofRegions(service, records);
  if (own.length > 0 && records.every((r) => (r.weight ?? 1) === 0))
    return [
      at({ region: null, service: service.name })('weights-zero', {
        subject: `name ${name.name}`,
        seen: 'all weights are 0',
        right: 'a weight above 0 somewhere: Route 53 answers all of them alike, standbys too',
        fix: 'aws route53 change-resource-record-sets with the weights of evac.config.ts',
      }),
    ];
  return own.flatMap(({ region, record, weight }) => {
    if (record.weight === weight) return [];
    return at({ region, service: service.name })('record-weight', {
      subject: `${name.name} for ${region}, ${record.type}`,
      seen: `weight ${record.weight}`,
      right: `${weight}, its normal weight in evac.config.ts, unless a failover or a fail-back is under way`,
      fix: `start fail-back of ${region} (docs/operations.md); or aws route53 change-resource-record-sets with weight ${weight}`,
    });
  });
}

function ofRegions({ regions }: ServiceSettings, records: readonly RecordPicture[]) {
  return regions.flatMap(({ region, weight }) =>
    weightedOf(records, region).map((record) => ({ region, record, weight })),
  );
}

function hostOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).hostname : endpoint;
}
