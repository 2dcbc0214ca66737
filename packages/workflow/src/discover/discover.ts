import { isDeepStrictEqual } from 'node:util';
import type { Clock, Notify, RegionName, Settings, Store } from '@evac/core';
import {
  type Complaint,
  type Discovery,
  type JoinedMemory,
  joinServices,
  type Remembered,
} from '@evac/core/discovery';

/** What one look at the tags may touch. */
interface Discovering {
  region: RegionName;
  /** The config's: it wins. */
  settings: Settings;
  discovery: Discovery;
  memory: JoinedMemory;
  store: Pick<Store, 'incidents'>;
  notify: Notify;
  clock: Clock;
}

/** What has changed since the last look. */
interface Discovered {
  joined: string[];
  changed: string[];
  left: string[];
  complaints: Complaint[];
  mended: Complaint[];
}

/**
 * Looks at the tags of the region's groups, remembers what they say, and tells once what makes no sense. May be run
 * twice, late, or by two at once. Rejects, and changes nothing, when the tags cannot be read.
 */
export async function discover(cell: Discovering): Promise<Discovered> {
  const groups = await cell.discovery.taggedGroups();
  const [known, told] = await Promise.all([cell.memory.joined(), cell.memory.complaints()]);
  const { services, complaints } = joinServices(
    cell.region,
    groups,
    cell.settings.services,
    known.map(({ service }) => service.name),
  );
  const done: Discovered = { joined: [], changed: [], left: [], complaints: [], mended: [] };

  for (const service of services) {
    const before = known.find((k) => k.service.name === service.name);
    if (before?.missingSince === null && isDeepStrictEqual(before.service, service)) continue;
    await cell.memory.keep({ service, missingSince: null });
    done[before ? 'changed' : 'joined'].push(service.name);
  }
  for (const gone of known) {
    if (services.some((s) => s.name === gone.service.name)) continue;
    if (await leave(cell, gone)) done.left.push(gone.service.name);
  }

  const observed = new Set<string>(services.map((s) => s.name));
  const isSame = (a: Complaint) => (b: Complaint) => a.group === b.group && a.sentence === b.sentence;
  for (const complaint of complaints) {
    if (await tellOnce(cell, complaint, observed.has(complaint.service))) done.complaints.push(complaint);
  }
  for (const complaint of told) {
    if (complaints.some(isSame(complaint))) continue;
    await cell.memory.removeComplaint(complaint);
    done.mended.push(complaint);
  }
  return done;
}

/**
 * True once it is forgotten. At once it acts no more; it is remembered until the next look, as a list may be short for
 * once, and until its last open move has ended, since its steps have to know it.
 */
async function leave(cell: Discovering, gone: Remembered): Promise<boolean> {
  const { memory, store, clock } = cell;
  const { service } = gone;
  if (gone.missingSince === null) {
    await memory.keep({ service: { ...service, policy: 'observe' }, missingSince: clock.now() });
    return false;
  }
  const incidents = await store.incidents({ service: service.name, since: clock.now() });
  if (incidents.some((incident) => incident.closedAt === null)) return false;
  await memory.forget({ name: service.name });
  return true;
}

/** What could not be told is not remembered as told. */
async function tellOnce(cell: Discovering, complaint: Complaint, observed: boolean): Promise<boolean> {
  if (!(await cell.memory.addComplaint(complaint))) return false;
  const { service, group, sentence } = complaint;
  const consequence = observed ? `Until then ${service} is observed, and nothing is done to it.` : '';
  try {
    await cell.notify.send({
      severity: 'warning',
      service,
      title: `a tag of the Auto Scaling group ${group} makes no sense`,
      text: `Auto Scaling group ${group} in ${cell.region}: ${sentence}. ${consequence}`.trim(),
      incident: null,
    });
  } catch (error) {
    await cell.memory.removeComplaint(complaint);
    throw error;
  }
  return true;
}
