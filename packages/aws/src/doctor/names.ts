import {
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  type HealthCheckConfig,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { PortError, type ServiceSettings } from '@evac/core';
import type { Clients } from '../clients.ts';
import { findZone, recordSets, regionOfRecord } from '../dns/records.ts';
import type { Ask } from './ask.ts';
import type { CheckPicture, NamePicture, RecordPicture } from './picture.ts';

/** A calculated check of calculated checks of checks. */
const maxDepth = 3;

/** A service's name in Route 53; null where it has none. `zone` is its hosted zone's id, where that is known. */
export async function readName(
  clients: Clients,
  ask: Ask,
  { name: service, dns, regions }: ServiceSettings,
  zone: string | null,
): Promise<NamePicture | null> {
  if (!dns) return null;
  const name = dns.name.toLowerCase();
  const found = zone === null ? await lookFor(clients, ask, name) : { zone };
  if (found === null || 'problem' in found)
    return { service, name, zoneProblem: found?.problem ?? null, records: null, checks: [] };
  const missing = { absent: `there is no hosted zone ${found.zone}` };
  const sets = await ask(
    'route53:ListResourceRecordSets',
    () => recordSets(clients, found.zone, name),
    missing,
  );
  if (typeof sets === 'string') return { service, name, zoneProblem: sets, records: null, checks: [] };
  const records = sets?.map((set) => recordOf(set, regions)) ?? null;
  const checks = new Map<string, CheckPicture>();
  for (const { check } of records ?? []) if (check) await readCheck(clients, ask, check, checks, 1);
  return { service, name, zoneProblem: null, records, checks: [...checks.values()] };
}

async function lookFor(
  clients: Clients,
  ask: Ask,
  name: string,
): Promise<{ zone: string } | { problem: string } | null> {
  return ask('route53:ListHostedZonesByName', async () => {
    try {
      return { zone: await findZone(clients, name) };
    } catch (error) {
      // That there is none, or two, is an answer; that it was not told is none.
      const told = error instanceof PortError && !error.message.includes('was refused');
      if (told && (error.code === 'not-found' || error.code === 'invalid')) return { problem: error.message };
      throw error;
    }
  });
}

function recordOf(set: ResourceRecordSet, regions: ServiceSettings['regions']): RecordPicture {
  return {
    region: regionOfRecord(set, regions),
    identifier: set.SetIdentifier ?? null,
    type: set.Type ?? '',
    weight: set.Weight ?? null,
    ttlMs: set.TTL === undefined ? null : set.TTL * 1_000,
    check: set.HealthCheckId ?? null,
  };
}

async function readCheck(
  clients: Clients,
  ask: Ask,
  id: string,
  into: Map<string, CheckPicture>,
  depth: number,
): Promise<void> {
  if (into.has(id) || depth > maxDepth) return;
  const answer = await ask(
    'route53:GetHealthCheck',
    () =>
      clients.call(`reading health check ${id}`, (options) =>
        clients.get(Route53Client).send(new GetHealthCheckCommand({ HealthCheckId: id }), options),
      ),
    { absent: undefined },
  );
  if (answer === null) return;
  const config = answer?.HealthCheck?.HealthCheckConfig;
  const check = checkOf(id, config);
  into.set(id, check);
  if (config && config.Type !== 'CALCULATED') check.success = await readSuccess(clients, ask, id);
  for (const child of check.children) await readCheck(clients, ask, child, into, depth + 1);
}

function checkOf(id: string, config: HealthCheckConfig | undefined): CheckPicture {
  const children = config?.ChildHealthChecks ?? [];
  return {
    id,
    absent: config === undefined,
    type: config?.Type ?? '',
    inverted: config?.Inverted ?? false,
    disabled: config?.Disabled ?? false,
    path: config?.ResourcePath ?? '',
    intervalMs: (config?.RequestInterval ?? 30) * 1_000,
    failures: config?.FailureThreshold ?? 3,
    children,
    threshold: config?.HealthThreshold ?? children.length,
    success: null,
  };
}

async function readSuccess(clients: Clients, ask: Ask, id: string): Promise<number | null> {
  const answer = await ask('route53:GetHealthCheckStatus', () =>
    clients.call(`asking health check ${id}`, (options) =>
      clients.get(Route53Client).send(new GetHealthCheckStatusCommand({ HealthCheckId: id }), options),
    ),
  );
  const seen = (answer?.HealthCheckObservations ?? []).map((o) => o.StatusReport?.Status ?? '');
  if (seen.length === 0) return null;
  return seen.filter((status) => status.startsWith('Success')).length / seen.length;
}
