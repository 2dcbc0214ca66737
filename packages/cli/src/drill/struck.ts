import { nodeId, regionName, type Subject, zoneName } from '@evac/core';
import type { WorldView } from '@evac/sim/admin';
import { findFault } from '@evac/sim/faults';
import type { LoadResult } from '@evac/sim/load';

/** The thing a fault struck, as the domain names it; null for the whole world. */
export function subjectOf(view: WorldView, fault: string, target: string): Subject | null {
  const kind = findFault(fault)?.target;
  for (const { name, zones, nodes } of view.regions) {
    const region = regionName(name);
    if (kind === 'region' && name === target) return { kind: 'region', region };
    const zone = zones.find((z) => z.name === target);
    if (kind === 'zone' && zone) return { kind: 'zone', region, zone: zoneName(zone.name) };
    const node = nodes.find((n) => n.node === target);
    if (kind === 'node' && node)
      return { kind: 'node', region, zone: zoneName(node.zone), node: nodeId(node.node) };
  }
  return null;
}

/**
 * When traffic was last sent to the subject, epoch ms; null if never. A node's and a zone's comes from the load
 * balancer that chose it, a region's from the clients that connected to it.
 */
export function lastTrafficTo(
  subject: Subject,
  view: WorldView,
  results: readonly LoadResult[],
): number | null {
  if (subject.kind === 'region')
    return latest(results.flatMap((r) => (r.region === subject.region ? [r.at] : [])));
  const nodes =
    subject.kind === 'node'
      ? [subject.node]
      : view.regions.flatMap((r) => r.nodes.filter((n) => n.zone === subject.zone).map((n) => n.node));
  return latest(nodes.flatMap((node) => view.lastRequestAt.nodes[node] ?? []));
}

function latest(times: number[]): number | null {
  return times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b));
}
