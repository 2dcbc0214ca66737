import { subjectPath } from '@evac/core';
import type { FaultName } from '@evac/sim';
import type { Truth } from '../contract.ts';
import { detectionMs } from './bounds.ts';
import { boundHands } from './freedom.ts';
import type { Ledger } from './ledger.ts';
import { isSilent, serving } from './serving.ts';

/** Within what time traffic must be answered again, and the sum that says so. */
export interface Bound {
  ms: number;
  because: string;
}

/** The minute's tick judges what a stream lost; reads, steps and polls that follow. */
const tickMs = 60_000;
const actMs = 60_000;
/** Route 53 asks a switch every 10 s and wants three of a kind; records take seconds. */
const dnsMs = 40_000;

const ofNodes: readonly FaultName[] = [
  'node-crash',
  'node-hang',
  'gpu-error',
  'network-isolation',
  'stream-stall',
  'garbage-answers',
];

/**
 * What Evac promises now; null where it promises nothing: for faults it must not act on, for several kinds at once,
 * while its own machinery is in trouble, or where a guard, rightly, is against the one move that would help.
 */
export function promise(truth: Truth, ledger: Ledger): Bound | null {
  if (isHindered(truth)) return null;
  const faults = truth.faults();
  const first = faults[0];
  if (!first) return afterAll(truth);
  if (faults.every((f) => ofNodes.includes(f.name))) return forNodes(truth, ledger);
  if (faults.length > 1) return null;
  if (first.name === 'zone-loss') return forZone(first.target, truth, ledger);
  return first.name === 'region-loss' ? forRegion(first.target, truth, ledger) : null;
}

/** Ports, probes or capacity are in trouble, or a person holds everything. */
function isHindered({ scene, now, startedAt }: Truth): boolean {
  const at = now - startedAt;
  return scene.troubles.some((t) => t.kind !== 'fault' && 'forMs' in t && t.at <= at && at < t.at + t.forMs);
}

/** Nothing is wrong any more: whatever was under way ends, and nobody may keep the traffic away. */
function afterAll({ service, scene }: Truth): Bound {
  const { bootMs, loadMs } = scene.world;
  const ttlMs = service.dns?.ttlMs ?? 0;
  return {
    ms: bootMs + loadMs + detectionMs(service) + ttlMs + dnsMs + tickMs + actMs,
    because: 'nothing is wrong: a node that is starting boots and loads, and cached DNS answers expire',
  };
}

/** A few nodes fail: they are found, taken out, and the others serve. */
function forNodes(truth: Truth, ledger: Ledger): Bound | null {
  const { service } = truth;
  const { limits, thresholds, policy, timing } = service;
  if (policy['replace-node'] !== 'automatic' || policy['evacuate-zone'] !== 'automatic') return null;
  const struck = new Set(truth.faults().map((f) => f.target));
  if (service.deep === null && truth.faults().some((f) => isSilent(f.name))) return null;
  for (const { name, nodes, desired } of truth.view().regions) {
    const inService = nodes.filter((n) => n.lifecycle === 'in-service');
    const bad = inService.filter((n) => struck.has(n.node));
    if (bad.length === 0) continue;
    const zones = new Set(bad.map((n) => n.zone));
    const left = serving(truth, name).length;
    const outside = inService.filter((n) => !zones.has(n.zone) && truth.badSince(n.node) === null).length;
    const hasZones = new Set(inService.map((n) => n.zone)).size > 1;
    const allowed = Math.max(1, Math.floor(limits.maxShare * inService.length));
    const enough = Math.max(1, limits.capacityShare * desired);
    const clear =
      bad.length <= allowed &&
      bad.length < thresholds.fleetShare * inService.length &&
      left >= enough &&
      (!hasZones || (outside >= enough && canTellZones(truth))) &&
      boundHands(ledger, name, truth, bad.length) === null &&
      isFirst(ledger, name, [
        ...bad.map((n) => `${name}/${n.zone}/${n.node}`),
        ...[...zones].map((z) => `${name}/${z}`),
      ]);
    if (!clear) return null;
  }
  return {
    ms: detectionMs(service) + timing.deepIntervalMs + zoneTestMs(truth) + tickMs + actMs,
    because: 'failing nodes are found, others are asked the same, and they get no new traffic',
  };
}

/** A zone is lost: its rounds say so, and traffic leaves it. */
function forZone(zone: string, truth: Truth, ledger: Ledger): Bound | null {
  const { service } = truth;
  const region = truth.view().regions.find((r) => r.zones.some((z) => z.name === zone));
  if (!region || service.policy['evacuate-zone'] !== 'automatic' || !canTellZones(truth)) return null;
  const outside = region.nodes.filter(
    (n) => n.zone !== zone && n.lifecycle === 'in-service' && truth.badSince(n.node) === null,
  );
  const enough = Math.max(1, service.limits.capacityShare * region.desired);
  if (outside.length < enough || boundHands(ledger, region.name, truth) !== null) return null;
  if (!isFirst(ledger, region.name, [`${region.name}/${zone}`])) return null;
  return {
    ms: detectionMs(service) + zoneTestMs(truth) + tickMs + actMs,
    because: 'the zone is told from the others by its rounds, and traffic is shifted out of it',
  };
}

/** A region is dark: the first one in the config's order takes over. */
function forRegion(region: string, truth: Truth, ledger: Ledger): Bound | null {
  const { service } = truth;
  if (service.policy['fail-over-region'] !== 'automatic' || service.dns === null) return null;
  const heir = service.regions.find((r) => r.region !== region)?.region;
  const view = truth.view().regions.find((r) => r.name === heir);
  if (!heir || !view) return null;
  const enough = Math.max(1, service.limits.capacityShare * view.nodes.length);
  if (serving(truth, heir).length < enough || boundHands(ledger, heir, truth) !== null) return null;
  const others = truth.scene.world.regions.filter((r) => r.name !== region).map((r) => r.name);
  if (others.some((name) => isOut(name, heir, truth))) return null;
  if (!others.every((name) => isFirst(ledger, name, [region]))) return null;
  return {
    ms: detectionMs(service) + service.dns.ttlMs + dnsMs + tickMs + actMs,
    because: `${heir} finds it down, turns DNS, and cached answers expire`,
  };
}

/**
 * Out of DNS already: no second region may be. By weights the one that takes over comes back in with the same change; by
 * switches there would be two that are on against each other.
 */
function isOut(name: string, heir: string, truth: Truth): boolean {
  if (name === heir && truth.service.dns?.control === 'records') return false;
  const usual = truth.scene.world.regions.find((r) => r.name === name);
  const now = truth.view().regions.find((r) => r.name === name);
  return usual !== undefined && usual.weight > 0 && now?.answered === false;
}

/** The rounds that a zone's test looks at. */
function zoneTestMs({ service }: Truth): number {
  return service.thresholds.zoneN * service.timing.intervalMs;
}

/** Fewer rounds, or a stricter level, than the defaults may never tell a small zone from the others. */
function canTellZones({ service }: Truth): boolean {
  return service.thresholds.zoneN >= 12 && service.thresholds.zoneAlpha >= 1e-6;
}

/** Nothing else is under way in this store, and nothing was moved here before whose cooldown may hold. */
function isFirst(ledger: Ledger, region: string, paths: string[]): boolean {
  return ledger.incidents(region).every((i) => {
    const path = subjectPath(i.subject);
    return i.closedAt === null ? paths.includes(path) : i.outcome === 'refused' || !paths.includes(path);
  });
}
