import {
  checkKinds,
  type FleetFact,
  type Health,
  type RegionName,
  type ServiceSettings,
  type Target,
  targetId,
} from '@evac/core';

/**
 * What this cell's vantages ask: every running node of the region, and every region's public endpoint. Nodes that are
 * still pending are asked too, so that their startup is seen.
 */
export function targetsOf(service: ServiceSettings, region: RegionName, fleet: FleetFact): Target[] {
  const nodes = fleet.nodes
    .filter((n) => n.lifecycle === 'in-service' || n.lifecycle === 'pending')
    // The cloud knows its address a moment later; an empty one would be this machine.
    .filter((n) => n.host !== '')
    .map(
      (n): Target => ({
        kind: 'node',
        id: targetId(`node/${n.id}`),
        service: service.name,
        region,
        zone: n.zone,
        node: n.id,
        launchedAt: n.launchedAt,
        address: { protocol: 'http', host: n.host, port: n.port },
      }),
    );
  // A group that joined by its tags may have no public endpoint; it is observed all the same.
  const reachable = service.regions.filter((r) => r.endpoint !== '');
  return [...nodes, ...reachable.map((r) => endpointOf(service, r.region, r.endpoint))];
}

/**
 * The same targets, marked where some vantage has found fault and not yet changed its mind. Beside a node whose
 * generation fails, two others that are in order are marked too: whether it is the only one should be known now.
 */
export function markSuspects(targets: Target[], health: readonly Health[]): Target[] {
  const suspects = new Map<string, NonNullable<Target['suspected']>>();
  for (const { target, checks } of health) {
    for (const check of checkKinds) {
      const since = checks[check]?.failingSince ?? null;
      if (since !== null && since > (suspects.get(target)?.at ?? 0))
        suspects.set(target, { check, at: since });
    }
  }
  const deep = targets.filter((t) => t.kind === 'node' && suspects.get(t.id)?.check === 'deep');
  const at = Math.max(0, ...deep.map((t) => suspects.get(t.id)?.at ?? 0));
  const started = new Set(health.filter((h) => h.started).map((h) => h.target));
  const others = targets.filter((t) => t.kind === 'node' && started.has(t.id) && !suspects.has(t.id));
  // From the other end of the list: the nodes of another zone, where there is one.
  for (const other of deep.length > 0 ? others.slice(-2) : []) suspects.set(other.id, { check: 'deep', at });
  return targets.map((marked) => {
    const suspected = suspects.get(marked.id);
    if (!suspected && !marked.suspected) return marked;
    const { suspected: _, ...target } = marked;
    return suspected ? { ...target, suspected } : target;
  });
}

/** A region's public endpoint as a target. */
export function endpointOf(service: ServiceSettings, region: RegionName, endpoint: string): Target {
  const url = new URL(endpoint);
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port);
  return {
    kind: 'region',
    id: targetId(`region/${region}`),
    service: service.name,
    region,
    launchedAt: 0,
    address: { protocol, host: url.hostname, port },
  };
}
