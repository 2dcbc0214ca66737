import { type NodeId, nodeId, type ZoneId, type ZoneName, zoneId, zoneName } from '@evac/core';
import type { Clients } from './clients.ts';
import { chunks } from './groups.ts';
import { describeEc2, type Ec2Element, fieldsOf, filters, itemsOf, textOf } from './signed/ec2.ts';

/** What only EC2 knows. */

/** An instance as far as a fleet needs it. */
export interface Instance {
  id: NodeId;
  /** `running`, `shutting-down` … */
  state: string;
  zone: ZoneName | null;
  /** Its private address; empty until it has one. */
  host: string;
  /** Epoch ms; null where EC2 does not say. */
  launchedAt: number | null;
}

/** As many values as one filter takes. */
const mostValues = 200;

/** By id. An instance that EC2 does not list (yet, or any more) is missing. */
export async function instancesById(
  clients: Clients,
  nodes: readonly NodeId[],
): Promise<Map<string, Instance>> {
  // By filter: asked by id, one instance that is too new to be known makes the whole call fail.
  const pages = await Promise.all(
    chunks(nodes, mostValues).map((values) => instancesBy(clients, filters({ name: 'instance-id', values }))),
  );
  return new Map(pages.flat().map((instance) => [instance.id, instance]));
}

/** The group's instance that carries the tag; the first launched, where there are several. */
export async function taggedInstance(
  clients: Clients,
  group: string,
  key: string,
  value: string,
): Promise<Instance | null> {
  const found = await instancesBy(
    clients,
    filters(
      { name: 'tag:aws:autoscaling:groupName', values: [group] },
      { name: `tag:${key}`, values: [value] },
    ),
  );
  return found.toSorted((a, b) => (a.launchedAt ?? 0) - (b.launchedAt ?? 0))[0] ?? null;
}

async function instancesBy(clients: Clients, asked: Record<string, string>): Promise<Instance[]> {
  const reservations = await describeEc2(
    clients,
    'DescribeInstances',
    { ...asked, MaxResults: '1000' },
    'reservationSet',
  );
  return reservations.flatMap((reservation) => itemsOf(reservation.instancesSet).map(instanceOf));
}

function instanceOf(item: Ec2Element): Instance {
  const zone = textOf(fieldsOf(item.placement).availabilityZone);
  const launchedAt = Date.parse(textOf(item.launchTime));
  return {
    id: nodeId(textOf(item.instanceId)),
    state: textOf(fieldsOf(item.instanceState).name),
    zone: zone === '' ? null : zoneName(zone),
    host: textOf(item.privateIpAddress),
    launchedAt: Number.isNaN(launchedAt) ? null : launchedAt,
  };
}

/** The zone of each subnet. */
export async function zonesOfSubnets(
  clients: Clients,
  subnets: readonly string[],
): Promise<Map<string, ZoneName>> {
  if (subnets.length === 0) return new Map();
  const asked = Object.fromEntries(subnets.map((id, i) => [`SubnetId.${i + 1}`, id]));
  const found = await describeEc2(clients, 'DescribeSubnets', asked, 'subnetSet');
  return new Map(found.map((s) => [textOf(s.subnetId), zoneName(textOf(s.availabilityZone))]));
}

/** The region's zones as this account names them, each with its ID. */
export async function zonesOfRegion(clients: Clients): Promise<Map<ZoneName, ZoneId>> {
  const found = await describeEc2(clients, 'DescribeAvailabilityZones', {}, 'availabilityZoneInfo');
  return new Map(found.map((zone) => [zoneName(textOf(zone.zoneName)), zoneId(textOf(zone.zoneId))]));
}
