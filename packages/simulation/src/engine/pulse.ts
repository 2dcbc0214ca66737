import type { Clock, Random, RegionName, ServiceName } from '@evac/core';
import type { Cloud } from '@evac/sim';
import type { Faults } from './faults.ts';
import type { Nodes } from './nodes.ts';

export interface PulseMeans {
  cloud: Cloud;
  nodes: Nodes;
  faults: Faults;
  clock: Clock;
  random: Random;
  service: ServiceName;
  regions: RegionName[];
  balancerCheckMs: number;
  switchCheckMs: number;
  ttlMs: number;
  /** Requests a second. */
  rate: number;
  signal: AbortSignal;
  /** Once a second, with what came of its requests. */
  onSecond(answered: number, asked: number): void;
}

const second = 1_000;

/** What goes on whether anybody looks or not: the load balancers' checks, Route 53's checks, and the clients. */
export function startPulse(means: PulseMeans): void {
  const { clock, signal } = means;
  const every = async (ms: number, run: () => unknown) => {
    while (!signal.aborted) {
      await run();
      await clock.sleep(ms);
    }
  };
  void every(means.balancerCheckMs, () => checkTargets(means));
  void every(means.switchCheckMs, () => checkSwitches(means));
  const clients = startClients(means);
  void every(second, () => clients());
}

function checkTargets({ cloud, nodes, faults }: PulseMeans): void {
  for (const node of nodes.all()) {
    const gone = faults.dark('balancer', { region: node.region, zone: null, node: null });
    if (!gone) cloud.reportTarget(node.id, nodes.passesCheck(node));
  }
}

async function checkSwitches({ cloud, faults, regions, service }: PulseMeans): Promise<void> {
  for (const from of regions) {
    const dark = faults.dark('switch', { region: from, zone: null, node: null });
    for (const watched of regions) {
      if (watched === from) continue;
      const on = !dark && (await cloud.ports(from).switch.read({ service, region: watched }));
      cloud.reportSwitch(watched, from, on);
    }
  }
}

/** Clients keep an answer of DNS for its TTL, each from a moment of its own. */
function startClients({ cloud, nodes, faults, clock, random, rate, ttlMs, onSecond }: PulseMeans) {
  const clients = Array.from({ length: Math.max(1, Math.min(20, rate)) }, () => ({
    region: null as RegionName | null,
    until: 0,
  }));
  return () => {
    const now = clock.now();
    const routes = new Map<RegionName, ReturnType<Cloud['routable']> | null>();
    const answers = cloud.answer();
    let answered = 0;
    for (const client of clients) {
      if (now >= client.until) {
        client.region = choose(answers, random);
        client.until = now + ttlMs * (0.5 + random.next() / 2);
      }
      const { region } = client;
      if (region === null) continue;
      let here = routes.get(region);
      if (here === undefined) {
        const dark = faults.dark('balancer', { region, zone: null, node: null });
        here = dark ? null : cloud.routable(region);
        routes.set(region, here);
      }
      if (here === null) continue;
      const route = here[Math.floor(random.next() * here.length)];
      const node = route && nodes.get(route.node);
      if (!route || !node) continue;
      const ok = nodes.serves(node);
      if (ok) answered += 1;
      cloud.countRequest(region, route.zone, ok, nodes.ailing(node).has('far') ? 290 : 40);
    }
    onSecond(answered, clients.length);
  };
}

function choose(answers: { region: RegionName; weight: number }[], random: Random): RegionName | null {
  const total = answers.reduce((sum, a) => sum + a.weight, 0);
  let at = random.next() * total;
  for (const { region, weight } of answers) {
    at -= weight;
    if (at < 0) return region;
  }
  return answers.at(-1)?.region ?? null;
}
