import { type Clock, isFailedOver, leftOutBy, type RegionName, subjectPath } from '@evac/core';
import type { Scene } from '../contract.ts';
import { answer, ask, type TroubleMeans } from './troubles.ts';

export interface Quiet extends TroubleMeans {
  scene: Scene;
  clock: Clock;
  signal: AbortSignal;
}

const minute = 60_000;
/** What comes back by itself is left to do so for this long, in minutes, beyond what the settings ask for. */
const patience = 10;
/** The longest thing that anybody waits for without a word is the hour over which moves are counted. */
const hopelessMinutes = 75;
/** How often it is looked whether all is in order; a person looks each minute. */
const looksPerMinute = 4;

/**
 * What a person does once nothing is broken any more: looks each minute, answers what waits, resets breakers, and
 * fails back what does not come back by itself. `done` once all is as configured, half a minute after the last trouble at the
 * earliest, or nothing has changed for so long that nothing will.
 */
export function bringBack(means: Quiet): { done(): boolean } {
  let done = false;
  const failBackMinutes = Math.ceil(means.service.limits.failBackAfterMs / minute) + patience;
  let last = { picture: '', passed: 0 };
  void (async () => {
    for (let looks = 1; !done && !means.signal.aborted; looks++) {
      await means.clock.sleep(minute / looksPerMinute);
      if (looks % looksPerMinute > 0) {
        done = looks > 1 && (await isInOrder(means));
        continue;
      }
      const passed = looks / looksPerMinute;
      const picture = pictureOf(means);
      if (picture !== last.picture) last = { picture, passed };
      done = passed - last.passed >= hopelessMinutes || (await isInOrder(means));
      if (done) return;
      for (const { region } of means.service.regions) {
        await answer({ region, granted: true }, means);
        if (passed % 20 === 1) await reset(region, means);
        const automatic = means.service.policy['fail-back'] === 'automatic';
        if (!automatic || passed % failBackMinutes === 0) await failBack(region, means);
      }
    }
  })();
  return { done: () => done };
}

/** The cloud in so many words as it takes to see that something has changed. */
function pictureOf({ cloud }: Pick<Quiet, 'cloud'>): string {
  return JSON.stringify(
    cloud
      .view()
      .regions.map(({ weight, desired, suspended, zones, nodes, incidents }) => [
        weight,
        desired,
        suspended,
        zones.map((z) => z.shifted),
        nodes.map((n) => [n.node, n.lifecycle, n.target]),
        incidents.map((i) => i.events.length),
      ]),
  );
}

async function reset(region: RegionName, { personsStore, note }: Quiet): Promise<void> {
  note(`ana resets the breaker in ${region}`);
  await personsStore(region).resetBreaker({ by: 'ana', reason: 'all is well again' });
}

/** Asks for the fail-back of every zone and node that is out, and of every region that this cell has taken over from. */
async function failBack(region: RegionName, means: Quiet): Promise<void> {
  const { cloud, service } = means;
  const view = cloud.view().regions;
  const open = new Set(
    view
      .flatMap((r) => r.incidents)
      .flatMap((i) => (i.closedAt === null && i.move === 'fail-back' ? [subjectPath(i.subject)] : [])),
  );
  const here = view.find((r) => r.name === region);
  const held = here?.incidents.filter((i) => i.closedAt === null && i.move === 'evacuate-zone') ?? [];
  for (const zone of here?.zones ?? []) {
    const subject = { kind: 'zone', region, zone: zone.name } as const;
    const out = zone.shifted || held.some((i) => subjectPath(i.subject) === subjectPath(subject));
    if (out && !open.has(subjectPath(subject)))
      ask(region, { verb: 'recover', move: 'fail-back', subject }, means);
  }
  for (const { node, zone, lifecycle, target } of here?.nodes ?? []) {
    const subject = { kind: 'node', region, zone, node } as const;
    const out =
      lifecycle === 'in-service' && target === 'unused' && leftOutBy(subject, here?.incidents ?? []);
    if (out && !open.has(subjectPath(subject)))
      ask(region, { verb: 'recover', move: 'fail-back', subject }, means);
  }
  for (const other of service.regions) {
    if (other.region === region || open.has(other.region)) continue;
    const subject = { kind: 'region', region: other.region } as const;
    if (await isTakenOver(region, other.region, means))
      ask(region, { verb: 'recover', move: 'fail-back', subject }, means);
  }
}

async function isTakenOver(by: RegionName, region: RegionName, means: Quiet): Promise<boolean> {
  const { cloud, service, scene } = means;
  if (await cloud.ports(by).switch.read({ service: service.name, region })) return true;
  const configured = service.regions.find((r) => r.region === region)?.weight;
  const view = cloud.view().regions;
  const weight = view.find((r) => r.name === region)?.weight;
  const here = view.find((r) => r.name === by);
  const mine = here?.incidents ?? [];
  const stands = isFailedOver(region, mine);
  // One that came back otherwise has left the nodes that it had asked for.
  const drawn = scene.world.regions.find((r) => r.name === by);
  const larger = drawn !== undefined && (here?.desired ?? 0) > drawn.nodesPerZone * drawn.zones.length;
  return stands && (weight !== configured || larger);
}

/** Whether the cloud is as configured, every node serves, and nothing is under way. */
async function isInOrder({ cloud, scene, service, nodes }: Omit<Quiet, 'clock'>): Promise<boolean> {
  for (const region of cloud.view().regions) {
    const drawn = scene.world.regions.find((r) => r.name === region.name);
    if (!drawn || region.weight !== drawn.weight || region.suspended.length > 0) return false;
    if (region.desired !== drawn.nodesPerZone * drawn.zones.length) return false;
    if (region.zones.some((z) => z.shifted) || region.incidents.some((i) => i.closedAt === null))
      return false;
    // One that was replaced and kept for whoever wants to look at it is not the group's any more, once it has drained.
    const kept = region.nodes.filter((n) => n.lifecycle === 'detached');
    if (kept.some((n) => n.target !== 'unused')) return false;
    const own = region.nodes.filter((n) => n.lifecycle !== 'detached');
    if (own.length !== region.desired) return false;
    if (own.some((n) => n.target !== 'healthy' || nodes.badSince(n.node) !== null)) return false;
    const { fleet, switch: switches } = cloud.ports(region.name);
    const { groups } = await fleet.describe({ service: service.name });
    if (groups.some((g) => g.zones.length !== drawn.zones.length)) return false;
    for (const other of service.regions) {
      if (other.region === region.name) continue;
      if (await switches.read({ service: service.name, region: other.region })) return false;
    }
  }
  return true;
}
