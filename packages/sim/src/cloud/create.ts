import type { NodeId, RegionName, ZoneName } from '@evac/core';
import type { Cloud, CloudEvent, CreateCloud } from './cloud.ts';
import type { CloudContext } from './context.ts';
import { createRegion, type SimulatedRegion } from './region.ts';
import { createRoute53 } from './route53.ts';

/** The first nodes have run for this long: no start-up grace covers them. */
const firstNodesAgeMs = 86_400_000;

/**
 * The simulated AWS: state and time, no sockets. Everything that takes time takes it on `clock`, everything left to
 * chance comes from `random`: the same calls at the same times make the same trace.
 */
export const createCloud: CreateCloud = (spec, machines, clock, random) => {
  const listeners = new Set<(event: CloudEvent) => void>();
  const stop = new AbortController();
  const context: CloudContext = {
    clock,
    random,
    service: spec.service,
    scale: spec.scale ?? 1,
    stopped: stop.signal,
    after(ms, run) {
      clock.sleep(Math.max(0, ms), stop.signal).then(run, () => undefined);
    },
    emit(partial) {
      const event: CloudEvent = { at: clock.now(), region: null, zone: null, node: null, ...partial };
      for (const listener of listeners) listener(event);
    },
  };

  const route53 = createRoute53(context, spec.regions, spec.switchThreshold);
  const regions = new Map<RegionName, SimulatedRegion>();
  for (const region of spec.regions) {
    regions.set(region.name, createRegion(context, spec, region, machines, route53.port));
  }

  function region(name: RegionName): SimulatedRegion {
    const known = regions.get(name);
    if (!known) throw new Error(`no region ${name}: this world has ${[...regions.keys()].join(', ')}`);
    return known;
  }
  function regionOfZone(zone: ZoneName): SimulatedRegion {
    const spot = spec.regions.find((r) => r.zones.some((z) => z.name === zone));
    if (!spot) throw new Error(`no zone ${zone} in this world`);
    return region(spot.name);
  }
  function instance(node: NodeId) {
    for (const { compute } of regions.values()) {
      const known = compute.instance(node);
      if (known) return known;
    }
    throw new Error(`no node ${node} in this world`);
  }

  const cloud: Cloud = {
    ports: (name) => region(name).ports,
    reportTarget(node, ok) {
      for (const { balancer } of regions.values()) balancer.report(node, ok);
    },
    routable: (name) => region(name).routable(),
    reportSwitch: route53.reportSwitch,
    answer: route53.answer,
    countRequest(name, zone, ok, latencyMs) {
      region(name).balancer.count(zone, ok, latencyMs);
    },
    setCapacity(zone, left) {
      regionOfZone(zone).compute.setCapacity(zone, left);
    },
    setProtected(node, on) {
      instance(node).protected = on;
    },
    view() {
      const answered = new Set(route53.answer().map((a) => a.region));
      const weights = route53.weights();
      return {
        regions: [...regions].map(([name, r]) => ({
          name,
          weight: weights.get(name) ?? 0,
          answered: answered.has(name),
          ...r.view(),
        })),
      };
    },
    onEvent(listener) {
      listeners.add(listener);
    },
    async start() {
      const launchedAt = clock.now() - firstNodesAgeMs;
      await Promise.all(spec.regions.map((r) => region(r.name).group.fill(r.nodesPerZone, launchedAt)));
    },
    async stop() {
      if (stop.signal.aborted) return;
      stop.abort(new Error('the simulated cloud has stopped'));
      const nodes = [...regions.values()].flatMap((r) => r.compute.instances()).filter((i) => i.port > 0);
      await Promise.allSettled(nodes.map((i) => machines.stop(i.id)));
    },
  };
  return cloud;
};
