import type { Incident, MoveName, RegionName } from '@evac/core';
import type { MoveInput } from '@evac/workflow';
import { east, type Rig, service, west } from './rig.ts';

/** What the cloud looks like to somebody who knows nothing of the move: no ids, so that two runs can be compared. */
export async function worldOf(rig: Rig) {
  const regions = await Promise.all(
    [west, east].map(async (name) => {
      const { fleet, balancer, zonalShift, switch: switches } = rig.ports(name);
      const { groups, nodes } = await fleet.describe({ service });
      const targets = await balancer.health({ service });
      const other = name === west ? east : west;
      const perZone: Record<string, number> = {};
      for (const n of nodes.filter((n) => n.lifecycle === 'in-service')) {
        perZone[n.zone] = (perZone[n.zone] ?? 0) + 1;
      }
      return {
        name,
        desired: groups.map((g) => g.desired),
        zones: groups.map((g) => g.zones),
        suspended: groups.map((g) => g.suspended),
        perZone,
        serving: targets.filter((t) => t.state === 'healthy').length,
        shifted: (await zonalShift.list({ service })).map((s) => s.awayFrom),
        otherIsOut: await switches.read({ service, region: other }),
      };
    }),
  );
  const records = await rig.ports(west).dns.records({ service });
  return { regions, weights: Object.fromEntries(records.map((r) => [r.region, r.weight])) };
}

/** The group of a region as it is now. */
export async function groupOf(rig: Rig, region: RegionName) {
  const { groups } = await rig.ports(region).fleet.describe({ service });
  const group = groups[0];
  if (!group) throw new Error(`no group in ${region}`);
  return group;
}

/** `step phase` of every event, for a look at the order of things. */
export function story(incident: Incident): string[] {
  return incident.events.map((e) => `${e.step} ${e.phase}`);
}

/** True if nobody holds the incident's lease: another holder can take it. */
export async function isLeaseFree(rig: Rig, input: MoveInput): Promise<boolean> {
  const { store } = rig.ports(input.cell);
  const { kind, region } = input.subject;
  const path = [
    region,
    ...(kind === 'region' ? [] : [input.subject.zone]),
    ...(kind === 'node' ? [input.subject.node] : []),
  ].join('/');
  const lease = await store.acquireLease({
    scope: `${service}/${path}`,
    holder: rig.input('fail-back' satisfies MoveName, input.subject, input.cell).incident,
    ttlMs: 1,
  });
  return lease !== null;
}
