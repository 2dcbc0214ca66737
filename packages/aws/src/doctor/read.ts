import type { Clock, RegionName, ServiceSettings } from '@evac/core';
import type { Installation } from '@evac/core/config';
import type { Clients } from '../clients.ts';
import { partitionOf } from './actions.ts';
import { readAlarms, readMutes } from './alarms.ts';
import { type Ask, createAsk } from './ask.ts';
import { readLimits, readLoadBalancers, readTargetGroups } from './balancers.ts';
import { readCell } from './cell.ts';
import { cellNames } from './cell-names.ts';
import { readCompute, readRunsAtOnce } from './compute.ts';
import { readEventBus } from './event-bus.ts';
import { readGroups } from './groups.ts';
import { readIdentity } from './identity.ts';
import { readName } from './names.ts';
import type { ClockPicture, Gap, NamePicture, Picture, RegionPicture } from './picture.ts';

export interface ReadAsk {
  stage: string;
  services: readonly ServiceSettings[];
  installation: Installation;
  /** One for each region of the services. */
  clients: readonly Clients[];
  clock: Clock;
  /** Told what is being asked, for who waits. */
  progress: (region: RegionName, what: string) => void;
}

/**
 * Reads what there is of an account, and changes nothing. Never rejects for something that AWS does not tell: that is a
 * gap. Regions are read beside each other; one that does not answer holds up no other.
 */
export async function readPicture(read: ReadAsk): Promise<Picture> {
  const gaps: Gap[] = [];
  const found = await Promise.all(read.clients.map((clients) => readRegion(read, clients, gaps)));
  const asked = found.find(({ picture }) => picture.answers)?.clients;
  const regions = found.map(({ picture }) => picture);
  const clock = found.find((f) => f.clock)?.clock ?? null;
  return { stage: read.stage, clock, regions, names: await readNames(read, asked, gaps), gaps };
}

/** Route 53 is one for all regions: asked once, by way of one that answers. */
async function readNames(
  { services, installation, progress }: ReadAsk,
  clients: Clients | undefined,
  gaps: Gap[],
): Promise<NamePicture[]> {
  if (!clients) return [];
  const ask = createAsk(clients.region, gaps);
  const names: NamePicture[] = [];
  for (const service of services) {
    if (!service.dns) continue;
    progress(clients.region, `Route 53, ${service.dns.name}`);
    const zone = installation.names.find((n) => n.service === service.name)?.zone ?? null;
    const name = await readName(clients, ask, service, zone);
    if (name) names.push(name);
  }
  return names;
}

interface Found {
  picture: RegionPicture;
  clock: ClockPicture | null;
  clients: Clients;
}

async function readRegion(read: ReadAsk, clients: Clients, gaps: Gap[]): Promise<Found> {
  const { region } = clients;
  const { progress, clock } = read;
  const services = read.services.filter((s) => s.regions.some((r) => r.region === region));
  const ask = createAsk(region, gaps);
  progress(region, 'who is asking');
  const identity = await readIdentity(clients, ask, () => clock.now());
  progress(region, 'Auto Scaling groups');
  const names = services.flatMap((s) => s.regions.find((r) => r.region === region)?.groups ?? []);
  const groups = await readGroups(clients, ask, [...new Set(names)]);
  if (identity === null && groups === null && isSilent(region, gaps))
    return { picture: silent(region), clock: null, clients };

  progress(region, 'instances, subnets and quotas');
  const compute = await readCompute(clients, ask, groups ?? []);
  progress(region, 'load balancers');
  const arns = [...new Set((groups ?? []).flatMap((g) => g.targetGroups))];
  const targetGroups = groups && (await readTargetGroups(clients, ask, arns));
  const loadBalancers = targetGroups && (await readLoadBalancers(clients, ask, targetGroups));
  const limits = await readLimits(clients, ask);
  const cell = await readCellOf(read, { clients, ask, services, account: identity?.account ?? null });
  const picture: RegionPicture = {
    region,
    answers: true,
    ...compute,
    groups,
    targetGroups,
    loadBalancers,
    limits,
    ...cell,
  };
  return { picture, clock: identity?.clock ?? null, clients };
}

async function readCellOf(
  { stage, installation, clock, progress }: ReadAsk,
  {
    clients,
    ask,
    services,
    account,
  }: { clients: Clients; ask: Ask; services: readonly ServiceSettings[]; account: string | null },
): Promise<Pick<RegionPicture, 'alarms' | 'mutes' | 'eventBus' | 'runsAtOnce' | 'cell'>> {
  const { region } = clients;
  const network = installation.networks.find((n) => n.region === region);
  const names = cellNames({ stage, region, services, network });
  const own = installation.alarms.filter((a) => a.region === region).map((a) => a.name);
  progress(region, 'alarms');
  const alarms = await readAlarms(clients, ask, { names: own, prefix: names.prefix });
  const mutes = await readMutes(clients, ask);
  const eventBus = await readEventBus(clients, ask, installation);
  progress(region, `Evac itself, stage ${stage}`);
  const runsAtOnce = await readRunsAtOnce(clients, ask);
  const arn = (service: string, resource: string) =>
    `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`;
  const cell = await readCell({
    clients,
    ask,
    clock,
    names,
    services,
    arn: account === null ? null : arn,
  });
  return { alarms, mutes, eventBus, runsAtOnce, cell };
}

/** No answer, or the same refusal for everything: a region that is not enabled for the account. */
function isSilent(region: RegionName, gaps: readonly Gap[]): boolean {
  return gaps.filter((gap) => gap.region === region).every((gap) => gap.why !== 'denied');
}

function silent(region: RegionName): RegionPicture {
  return {
    region,
    answers: false,
    zones: null,
    groups: null,
    targetGroups: null,
    loadBalancers: null,
    subnets: null,
    vcpus: null,
    running: null,
    quotas: null,
    limits: null,
    alarms: null,
    mutes: null,
    eventBus: null,
    runsAtOnce: null,
    cell: { parts: [], observations: null, pauses: null },
  };
}
