import type { Incident, IncidentId, RegionName, ServiceName, VantageId } from '@evac/core';

/**
 * One table a region; its key is `pk` and `sk`, both text, its TTL attribute `ttl`, its stream carries new images.
 * Every item has `v`, the version of its shape.
 *
 * | pk                        | sk                 | what                                                            |
 * |---------------------------|--------------------|-----------------------------------------------------------------|
 * | targets#SERVICE           | 000, 001 …         | the list in as many parts as it takes, replaced together        |
 * | observation#SERVICE       | VANTAGE#000 …      | a vantage's last observation, in parts that each stand alone    |
 * | observation#SERVICE       | VANTAGE#late#AT#…  | one that came late: for the stream only                         |
 * | health#SERVICE            | HEAD               | the version, and the names of its parts                         |
 * | health#SERVICE#VANTAGE    | BUCKET#HASH        | a part: written once, never changed, named by its content       |
 * | rounds#SERVICE            | INDEX#HASH         | the same, of the counts per zone                                |
 * | lease#SCOPE               | HEAD               | holder, fencing token, expiry; stays when released              |
 * | incident#ID               | HEAD               | the incident without its events, and how many there are         |
 * | incident#ID               | event#000001 …     | one event                                                       |
 * | open#SERVICE              | ID                 | exists while the incident is open                               |
 * | closed#SERVICE            | CLOSED-AT#ID       | the whole closed incident, so that a list is one query          |
 * | pauses                    | ID                 | a pause                                                         |
 * | breaker                   | HEAD               | its last reset                                                  |
 * | switch#SERVICE            | REGION             | whether that region is out                                      |
 * | alarms#SERVICE            | NAME               | when an alarm about it last went off, for a day                 |
 * | joined                    | SERVICE            | a service that its groups' tags declare                         |
 * | complaints                | HASH               | a tag that makes no sense, and was told                         |
 */
export interface Key {
  pk: string;
  sk: string;
}

/** Above everything else in its partition, so that a query reads it first. */
const head = 'HEAD';

export const targetsPk = (service: ServiceName): string => join('targets', service);
export const partSk = (index: number): string => String(index).padStart(3, '0');

export const observationKind = 'observation';
export const observationPk = (service: ServiceName): string => join(observationKind, service);
export const observationSk = (vantage: VantageId, index: number): string => join(vantage, partSk(index));
export const lateSk = (vantage: VantageId, at: number, nonce: string): string =>
  join(vantage, 'late', time(at), nonce);

export const healthHead = (service: ServiceName): Key => ({ pk: join('health', service), sk: head });
export const healthPk = (service: ServiceName, vantage: string): string => join('health', service, vantage);
export const roundsPk = (service: ServiceName): string => join('rounds', service);

export const leaseKey = (scope: string): Key => ({ pk: join('lease', scope), sk: head });

export const incidentPk = (id: IncidentId): string => join('incident', id);
export const incidentHead = (id: IncidentId): Key => ({ pk: incidentPk(id), sk: head });
export const eventKey = (id: IncidentId, seq: number): Key => ({
  pk: incidentPk(id),
  sk: join('event', String(seq).padStart(6, '0')),
});
export const openPk = (service: ServiceName): string => join('open', service);
export const openKey = ({ service, id }: Pick<Incident, 'service' | 'id'>): Key => ({
  pk: openPk(service),
  sk: id,
});
export const closedPk = (service: ServiceName): string => join('closed', service);
/** The least sort key of those closed at `at` or later. */
export const closedFrom = (at: number): string => time(at);
export const closedKey = (service: ServiceName, at: number, id: IncidentId): Key => ({
  pk: closedPk(service),
  sk: join(time(at), id),
});

export const pausesPk = 'pauses';
export const pauseKey = (id: string): Key => ({ pk: pausesPk, sk: id });
export const breakerKey: Key = { pk: 'breaker', sk: head };
export const switchKey = (service: ServiceName, region: RegionName): Key => ({
  pk: join('switch', service),
  sk: region,
});

export const alarmsPk = (service: ServiceName): string => join('alarms', service);
export const alarmKey = (service: ServiceName, alarm: string): Key => ({ pk: alarmsPk(service), sk: alarm });

export const joinedPk = 'joined';
export const joinedKey = (service: ServiceName): Key => ({ pk: joinedPk, sk: service });
export const complaintsPk = 'complaints';
export const complaintKey = (hash: string): Key => ({ pk: complaintsPk, sk: hash });

/** A name may hold the separator: it is escaped, so that no two names make one key. */
function join(...parts: string[]): string {
  return parts.map((part) => part.replaceAll('%', '%25').replaceAll('#', '%23')).join('#');
}

/** Sorts as the number does, until the year 33658. */
function time(ms: number): string {
  return String(Math.max(0, Math.floor(ms))).padStart(15, '0');
}
