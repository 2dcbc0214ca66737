import type { Incident, MoveName, RegionName } from '@evac/core';
import { lastEvent } from '@evac/core';
import type { Made } from './calls.ts';
import type { History } from './machines.ts';
import { east, type Rig, west } from './rig.ts';

/** What became of one move. */
export interface Told {
  incident: Incident;
  history: History;
  /** Every call of every function, from the fault to the end of the move. */
  made: Made[];
}

export const scenes = [
  'replace-node',
  'evacuate-zone',
  'fail-back of a zone',
  'fail-over-region',
  'fail-back of a region',
] as const;
export type Story = Record<(typeof scenes)[number], Told>;

/** `ended`: the nodes that were not there any more after the first move. A node dies; an hour later a zone is lost, and comes back; an hour later a region vanishes, and comes back. */
export async function play(rig: Rig): Promise<Story & { ended: string[] }> {
  const idsIn = () => rig.nodes.list(rig.regions.west).map((n) => n.id);
  rig.sleep(east);
  const before = idsIn();
  const node = await loseNode(rig);
  await rig.alarm(west, 'OK');
  await rig.rest();
  const ended = before.filter((id) => !idsIn().includes(id));
  const zone = await loseZone(rig);
  await rig.alarm(west, 'OK');
  rig.wake(east);
  await rig.rest();
  return { ...node, ...zone, ...(await loseRegion(rig)), ended };
}

async function loseNode(rig: Rig): Promise<Pick<Story, 'replace-node'>> {
  await rig.nodes.crash(rig.nodesIn(rig.regions.west, 'b').slice(0, 1), true);
  await rig.alarm(west);
  return { 'replace-node': await closed(rig, west, 'replace-node') };
}

async function loseZone(rig: Rig): Promise<Pick<Story, 'evacuate-zone' | 'fail-back of a zone'>> {
  const zone = rig.nodesIn(rig.regions.west, 'a');
  await rig.nodes.crash(zone, true);
  await rig.alarm(west);
  await rig.until('the zone is evacuated', async () =>
    (await rig.incidents(west, 'evacuate-zone')).find((i) => lastEvent(i, 'prove', 'done')),
  );
  const evacuating = rig.made.splice(0);
  await rig.nodes.crash(zone, false);
  const back = await closed(rig, west, 'fail-back');
  const evacuated = await closed(rig, west, 'evacuate-zone');
  const own = (made: Made[], { incident }: Told) =>
    made.filter((m) => m.incident === null || m.incident === incident.id);
  return {
    'evacuate-zone': {
      ...evacuated,
      made: own([...evacuating, ...back.made, ...evacuated.made], evacuated),
    },
    'fail-back of a zone': { ...back, made: own(back.made, back) },
  };
}

async function loseRegion(rig: Rig): Promise<Pick<Story, 'fail-over-region' | 'fail-back of a region'>> {
  await rig.lose(west);
  await rig.alarm(east);
  const failedOver = await closed(rig, east, 'fail-over-region');
  await rig.restore(west);
  // It has to have been well for a while.
  await rig.until(
    'the region may fail back',
    async () => (await rig.incidents(east, 'fail-back'))[0],
    30_000,
  );
  return { 'fail-over-region': failedOver, 'fail-back of a region': await closed(rig, east, 'fail-back') };
}

export function ended(
  rig: Rig,
  region: RegionName,
  move: MoveName,
  before: readonly Told[] = [],
  stepMs?: number,
): Promise<Incident> {
  const known = before.map(({ incident }) => incident.id);
  const isNew = (i: Incident) => i.closedAt !== null && !known.includes(i.id);
  return rig.until(
    `${move} in ${region} is closed`,
    async () => (await rig.incidents(region, move)).find(isNew),
    stepMs,
  );
}

/** A move's end, of those that did not end before; what was called since it was last taken is taken. */
export async function closed(
  rig: Rig,
  region: RegionName,
  move: MoveName,
  before: readonly Told[] = [],
  stepMs?: number,
): Promise<Told> {
  const incident = await ended(rig, region, move, before, stepMs);
  const history = await rig.until('its execution has ended', async () => {
    const now = await rig.history(region, incident);
    return now.end !== 'running' && now;
  });
  return { incident, history, made: rig.made.splice(0) };
}
