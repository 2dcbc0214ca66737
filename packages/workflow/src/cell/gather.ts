import { isDeepStrictEqual } from 'node:util';
import type {
  Candidate,
  Health,
  Incident,
  RegionFact,
  ServiceSettings,
  Snapshot,
  VantageFact,
} from '@evac/core';
import { checkKinds, failingSince, failsNow, healthAt, stateSince, worstCheck } from '@evac/core';
import type { Cell } from '../contract.ts';
import type { Folded } from './fold.ts';
import { markSuspects, targetsOf } from './targets.ts';

const day = 86_400_000;

/**
 * Everything a decision may look at, read now. What does not answer is null (or unreachable), never a guess: the
 * guards refuse what hangs on it.
 */
export async function gather(
  cell: Cell,
  service: ServiceSettings,
  folded: Folded,
  requests: Candidate[] = [],
): Promise<Snapshot> {
  const { ports, region } = cell;
  const ask = { service: service.name };
  const now = cell.clock.now();
  const [stored, fleet, balancer, shifts, traffic, observations, incidents, pauses, breakerResetAt, regions] =
    await Promise.all([
      ports.store.readTargets(ask),
      orNull(ports.fleet.describe(ask)),
      orNull(ports.balancer.health(ask)),
      orNull(ports.zonalShift.list(ask)),
      orNull(
        ports.balancer.traffic({ ...ask, since: now - service.thresholds.zoneN * service.timing.intervalMs }),
      ),
      ports.store.observations(ask),
      ports.store.incidents({ ...ask, since: now - day }),
      orNull(ports.store.pauses()),
      orNull(ports.store.breakerResetAt()),
      regionFacts(cell, service, folded.health, now),
    ]);
  const targets = markSuspects(fleet ? targetsOf(service, region, fleet) : stored, folded.health);
  if (!isDeepStrictEqual(stored, targets)) await ports.store.writeTargets({ ...ask, targets });
  return {
    service: service.name,
    cell: region,
    targets,
    health: folded.health,
    vantages: cell.vantages.map((v): VantageFact => {
      const last = observations.find((o) => o.vantage === v.id);
      return {
        id: v.id,
        region: v.region,
        zone: v.zone,
        lastAt: last?.at ?? null,
        blind: last?.blind ?? false,
      };
    }),
    rounds: [...folded.rounds, ...(traffic ?? [])],
    fleet,
    balancer,
    shifts,
    regions: regions.facts,
    incidents: [...incidents, ...regions.incidents.filter((i) => !incidents.some((own) => own.id === i.id))],
    pauses,
    breakerResetAt,
    requests,
  };
}

async function regionFacts(
  cell: Cell,
  service: ServiceSettings,
  own: Health[],
  now: number,
): Promise<{ facts: RegionFact[]; incidents: Incident[] }> {
  const [records, peers] = await Promise.all([
    orNull(cell.ports.dns.records({ service: service.name })),
    readPeers(cell, service, now),
  ]);
  const stores = [{ region: cell.region, health: own, incidents: [] as Incident[] }, ...peers];
  const facts = service.regions.map(async ({ region }): Promise<RegionFact> => {
    const itself = stores.find((s) => s.region === region);
    const nodes = itself?.health.filter((h) => h.target.startsWith('node/')) ?? [];
    const endpoint = `region/${region}`;
    const views = stores.flatMap((s) =>
      s.health.filter((h) => h.target === endpoint).map((h) => ({ from: s.region, health: h })),
    );
    const mine = region === cell.region;
    return {
      region,
      reachable: itself !== undefined,
      insideAt: lastAt(nodes),
      outside: views.flatMap(({ from, health }) => {
        const worst = worstCheck(health, now, service);
        const failing = failingSince(health);
        if (!worst) return [];
        const state = healthAt(health, now, service);
        // A check that failed and was not asked since says nothing of how long the others have had answers.
        const fails = state === 'failing' || state === 'dead';
        return [
          {
            from,
            state,
            reason: worst.lastDetail,
            at: worst.lastAt,
            since: fails && failing ? failing.since : stateSince(health, now, service),
            failing: failing?.check ?? null,
            clearing: worst.bad && !failsNow(worst),
          },
        ];
      }),
      healthyNodes: itself ? countNodes(nodes.filter((h) => healthAt(h, now, service) === 'healthy')) : null,
      totalNodes: itself ? countNodes(nodes) : null,
      revision: views.find((v) => v.health.model !== null)?.health.model ?? null,
      weight: records?.find((r) => r.region === region)?.weight ?? null,
      switchedOff: mine ? null : await orNull(cell.ports.switch.read({ service: service.name, region })),
    };
  });
  return { facts: await Promise.all(facts), incidents: stores.flatMap((s) => s.incidents) };
}

/** When any of them was asked last; null if none was. */
function lastAt(health: Health[]): number | null {
  let latest: number | null = null;
  for (const { checks } of health)
    for (const kind of checkKinds) {
      const at = checks[kind]?.lastAt;
      if (at !== undefined && (latest === null || at > latest)) latest = at;
    }
  return latest;
}

function countNodes(health: Health[]): number {
  return new Set(health.map((h) => h.target)).size;
}

async function readPeers(cell: Cell, service: ServiceSettings, now: number) {
  const read = cell.peers.map(async ({ region, store }) => {
    const [health, incidents] = await Promise.all([
      store.readHealth({ service: service.name }),
      store.incidents({ service: service.name, since: now - day }),
    ]);
    return { region, health: health.health, incidents };
  });
  return (await Promise.all(read.map(orNull))).filter((peer) => peer !== null);
}

/** What cannot be read is null: a fact of its own, which the guards know how to refuse by. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch {
    return null;
  }
}
