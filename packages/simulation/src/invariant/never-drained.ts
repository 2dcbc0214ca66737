import type { RegionName } from '@evac/core';
import type { Call, Invariant, Truth } from '../contract.ts';
import { detectionMs } from './bounds.ts';
import { isCall } from './call.ts';
import { createDnsPicture, type DnsPicture } from './dns-picture.ts';
import { sayMs, sayWhat, sayWho } from './say.ts';
import { seemsToServe, serving } from './serving.ts';
import { hear } from './told.ts';

/** What takes away from those that serve: a region's nodes, a zone of it, or a region from DNS. */
type Taking = { in: 'region'; region: RegionName; zone: string | null } | { in: 'dns' };

/**
 * Never the last healthy node, zone or region while any was healthy: an act leaves somebody who truly serves among those
 * that clients are sent to, if there was one before it. A node that went bad less than the detection bound before the
 * acting run of the step began counts as healthy: nobody could know. What Auto Scaling does by itself does not count.
 */
export const neverDrained = (): Invariant => {
  let dns: DnsPicture | null = null;
  return {
    name: 'never-drained',
    before(call, truth) {
      dns ??= createDnsPicture(truth.scene);
      const taking = call.by.kind === 'person' ? null : takingOf(call, truth);
      return taking && { taking, nodes: servingIn(taking, truth, dns) };
    },
    after(call, ended, truth, kept) {
      const { ledger } = hear(call, ended, truth);
      if ('error' in ended) return null;
      dns ??= createDnsPicture(truth.scene);
      dns.note(call);
      if (!isBefore(kept) || kept.nodes.length === 0) return null;
      const from = ledger.beganAt(call.by, call.at) - detectionMs(truth.service);
      const left = leftIn(kept.taking, truth, dns).filter((place) => seemsToServe(truth, place, from));
      if (left.length > 0) return null;
      const where =
        kept.taking.in === 'dns' ? 'in the regions that DNS would answer' : `in ${kept.taking.region}`;
      return `${sayWho(call.by)} made ${sayWhat(call)}: of the ${kept.nodes.length} node(s) that served ${where} (${kept.nodes.slice(0, 4).join(', ')}) none is left, and no other that was well ${sayMs(detectionMs(truth.service))} before`;
    },
  };
};

interface Before {
  taking: Taking;
  nodes: string[];
}

function isBefore(kept: unknown): kept is Before {
  return typeof kept === 'object' && kept !== null && 'taking' in kept;
}

function takingOf(call: Call, { scene }: Truth): Taking | null {
  const { region } = call;
  if (
    isCall(call, 'balancer', 'deregister') ||
    isCall(call, 'fleet', 'terminate') ||
    isCall(call, 'fleet', 'keep')
  ) {
    return { in: 'region', region, zone: null };
  }
  if (isCall(call, 'zonalShift', 'start')) {
    const zones = scene.world.regions.flatMap((r) => r.zones);
    return { in: 'region', region, zone: zones.find((z) => z.id === call.ask.awayFrom)?.name ?? null };
  }
  if (isCall(call, 'dns', 'setWeights') || isCall(call, 'switch', 'write')) return { in: 'dns' };
  return null;
}

function servingIn(taking: Taking, truth: Truth, dns: DnsPicture): string[] {
  if (taking.in === 'region') return serving(truth, taking.region);
  return regionsIn(truth, dns).flatMap((region) => serving(truth, region));
}

function regionsIn(truth: Truth, dns: DnsPicture): RegionName[] {
  const answered = new Set(dns.answered(truth));
  return truth.scene.world.regions.map((r) => r.name).filter((name) => answered.has(name));
}

/** Those that clients are sent to once the act has its effect: a shift takes a moment to apply, and DNS longer. */
function leftIn(taking: Taking, truth: Truth, dns: DnsPicture) {
  const sentTo = (region: RegionName) => truth.routable(region).map((route) => ({ ...route, region }));
  if (taking.in === 'dns') return regionsIn(truth, dns).flatMap(sentTo);
  const { region } = taking;
  if (taking.zone === null) return sentTo(region);
  const view = truth.view().regions.find((r) => r.name === region);
  const shifted = new Set<string>(view?.zones.filter((z) => z.shifted).map((z) => z.name));
  const open = (view?.nodes ?? []).filter(
    ({ zone, target }) =>
      zone !== taking.zone && !shifted.has(zone) && ['initial', 'healthy', 'unhealthy'].includes(target),
  );
  // A balancer without a healthy target sends to all of them.
  const healthy = open.filter(({ target }) => target === 'healthy');
  return (healthy.length > 0 ? healthy : open).map(({ node, zone }) => ({ node, zone, region }));
}
