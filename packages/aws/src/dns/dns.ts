import {
  type Change,
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { type Dns, type DnsRecord, PortError, type ServiceName, type ServiceSettings } from '@evac/core';
import { type PortContext, serviceHere } from '../context.ts';
import { askAuthority, type NameSystem, systemNames } from './authority.ts';
import { askingHealth } from './health-checks.ts';
import { findZone, listRecords, type WeightedRecord } from './records.ts';
import { findingRegions } from './regions.ts';

const maxWeight = 255;

export interface DnsOptions {
  /** Hosted zone ids by the names in them; looked for where none is given. */
  zones?: Readonly<Record<string, string>>;
  names?: NameSystem;
  /** For one question to one server; 2 s if left out. */
  questionMs?: number;
}

/**
 * A service's weighted records in Route 53. The API is a control plane in one region, with five requests a second for an
 * account; what the name answers is asked of the authoritative servers themselves.
 */
export function createDns(context: PortContext, options: DnsOptions = {}): Dns {
  const { clients, clock } = context;
  const { questionMs = 2_000, names = systemNames(questionMs) } = options;
  const health = askingHealth(clients, clock);
  const regionsOf = findingRegions(names, clock);
  const zones = new Map(Object.entries(options.zones ?? {}));

  async function zoneOf(name: string): Promise<string> {
    const zone = zones.get(name) ?? (await findZone(clients, name));
    zones.set(name, zone);
    return zone;
  }

  async function listed(service: ServiceName): Promise<{ zone: string; records: WeightedRecord[] }> {
    const { settings, name } = named(context, service);
    const zone = await zoneOf(name);
    return { zone, records: await listRecords(clients, zone, name, settings) };
  }

  return {
    async records({ service }) {
      const { settings } = named(context, service);
      const { records } = await listed(service);
      const read = settings.regions.map(async ({ region }): Promise<DnsRecord | null> => {
        // Of several types of one region, the first speaks for all: they are only ever changed together.
        const set = records.find((r) => r.region === region)?.set;
        if (!set) return null;
        const healthy = set.HealthCheckId === undefined ? true : await health(set.HealthCheckId);
        return { region, weight: set.Weight ?? 0, healthy };
      });
      return (await Promise.all(read)).filter((record) => record !== null);
    },

    async setWeights({ service, weights }) {
      const { name } = named(context, service);
      for (const [region, weight] of Object.entries(weights)) mustBeWeight(region, weight);
      const { zone, records } = await listed(service);
      const changes = Object.entries(weights).flatMap(([region, weight]): Change[] => {
        const own = records.filter((r) => r.region === region);
        if (own.length > 0) {
          return own.map(({ set }) => ({ Action: 'UPSERT', ResourceRecordSet: { ...set, Weight: weight } }));
        }
        const known = [...new Set(records.map((r) => r.region))].join(', ');
        throw new PortError('invalid', `${name} has no record for region ${region}: there are ${known}`);
      });
      if (changes.length === 0) throw new PortError('invalid', 'a change needs at least one weight');
      const text = Object.entries(weights).map(([region, weight]) => `${region} ${weight}`);
      const change = new ChangeResourceRecordSetsCommand({
        HostedZoneId: zone,
        ChangeBatch: { Changes: changes, Comment: `evac: ${text.join(', ')}`.slice(0, 256) },
      });
      // The same weights again are no error, so that a lost answer may be asked for again.
      const answer = await clients.call(`changing the records of ${name}`, (o) =>
        clients.get(Route53Client).send(change, o),
      );
      return { change: answer.ChangeInfo?.Id?.split('/').at(-1) ?? '' };
    },

    async inSync({ change }) {
      const ask = new GetChangeCommand({ Id: change });
      const answer = await clients.call(`asking after change ${change}`, (o) =>
        clients.get(Route53Client).send(ask, o),
      );
      return answer.ChangeInfo?.Status === 'INSYNC';
    },

    async answers({ service }) {
      const { settings, name } = named(context, service);
      const servers = await names.serversOf(name);
      const answer = await askAuthority(servers, name, questionMs);
      return regionsOf(name, answer, settings.regions);
    },
  };
}

function named(context: PortContext, service: ServiceName): { settings: ServiceSettings; name: string } {
  const { settings } = serviceHere(context, service);
  if (settings.dns) return { settings, name: settings.dns.name.toLowerCase() };
  throw new PortError('invalid', `${service} has no dns in its config, so there is no name to turn`);
}

function mustBeWeight(region: string, weight: number): void {
  if (Number.isInteger(weight) && weight >= 0 && weight <= maxWeight) return;
  throw new PortError(
    'invalid',
    `the weight of ${region} must be a whole number from 0 to ${maxWeight}, not ${weight}`,
  );
}
