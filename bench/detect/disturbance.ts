import type { Draw } from './draw.ts';
import { minuteMs, secondMs, type World } from './world.ts';

/** Something that is not in order for a while; what is left out is as always. Times in ms, shares from 0 to 1. */
export interface Disturbance {
  from: number;
  to: number;
  zone: number;
  /** Those of the zone's nodes that it concerns; null is all. */
  nodes: readonly number[] | null;
  /** Only what this vantage asks; null is everybody. */
  vantage: number | null;
  /** The share that fails of the probes of, and of the requests to, the nodes concerned. */
  probes: number;
  requests: number;
  /** Failing requests fail this much later than the nodes do. */
  requestsLaterMs: number;
  /** Their probes take this many times longer. */
  slow: number;
  /** What fails does so by its timeout. */
  hang: boolean;
  /** They say that they are loading: such answers are not counted, and no requests go there. */
  loading: boolean;
  /** The zone's own vantage writes nothing. */
  silent: boolean;
}

export const undisturbed: Omit<Disturbance, 'from' | 'to' | 'zone'> = {
  nodes: null,
  vantage: null,
  probes: 0,
  requests: 0,
  requestsLaterMs: 0,
  slow: 1,
  hang: false,
  loading: false,
  silent: false,
};

const odds = (p: number) => p / (1 - p);

/** Errors or slowness of something that all zones hang on: not alike in all of them. */
export function burst(world: World, draw: Draw, at: number): Disturbance[] {
  const to = at + draw.magnitude(5, 180) * secondMs;
  const severity = odds(draw.magnitude(0.02, 0.9));
  const slow = draw.chance(0.3) ? draw.magnitude(1.2, 10) : 1;
  const failing = slow === 1 || draw.chance(0.3);
  const seen = draw.chance(0.5) ? draw.between(0.5, 1) : 0;
  return world.zones.map((_, zone) => {
    const here = severity * Math.exp(draw.normal(world.burstSpread));
    const share = failing ? here / (1 + here) : 0;
    const slower = slow === 1 ? 1 : Math.max(1, slow * Math.exp(draw.normal(world.burstSpread / 2)));
    return { ...undisturbed, from: at, to, zone, requests: share, probes: share * seen, slow: slower };
  });
}

/** One node that fails some or all of what it is asked, or is slow, until somebody replaces it. */
export function badNode(zone: number, nodes: number, draw: Draw, at: number): Disturbance[] {
  const of = { ...undisturbed, from: at, to: at + draw.magnitude(0.5, 60) * minuteMs, zone };
  const nodesBad = [draw.whole(0, nodes - 1)];
  if (draw.chance(0.25)) return [{ ...of, nodes: nodesBad, slow: draw.magnitude(1.5, 20) }];
  const probes = draw.chance(0.5) ? 1 : draw.magnitude(0.02, 1);
  // Half of the balancers take it out of rotation after two failed checks of 5 s, if it fails all of them.
  const removed = probes === 1 && draw.chance(0.5);
  const failing = { ...of, nodes: nodesBad, probes, hang: draw.chance(0.3) };
  if (!removed) return [{ ...failing, requests: probes }];
  return [
    { ...failing, to: Math.min(of.to, at + 10 * secondMs), requests: probes },
    { ...failing, from: Math.min(of.to, at + 10 * secondMs) },
  ];
}

/**
 * Every node is restarted, zone by zone, a quarter of a zone at a time, never more than half of its nodes out at once:
 * refused connections first, then loading. A zone with one node cannot be restarted without being lost, so it is left out.
 */
export function deploy(world: World, draw: Draw, at: number): Disturbance[] {
  const refusedMs = draw.magnitude(1, 30) * secondMs;
  const loadingMs = draw.magnitude(5, 300) * secondMs;
  const drained = draw.chance(0.5);
  const patient = draw.chance(0.7);
  const steps: Disturbance[] = [];
  let begin = at;
  world.zones.forEach(({ nodes: count }, zone) => {
    if (count < 2) return;
    const batch = Math.max(1, Math.floor(count / 4));
    const abreast = patient ? 1 : Math.max(1, Math.floor(count / 2 / batch));
    const stepMs = Math.max(refusedMs, (refusedMs + loadingMs) / abreast);
    for (let first = 0; first < count; first += batch) {
      const nodes = Array.from({ length: Math.min(batch, count - first) }, (_, i) => first + i);
      const up = begin + refusedMs;
      const of = { ...undisturbed, zone, nodes };
      const requests = drained ? 0 : 1;
      // What is left of the zone has more to do.
      const slow = Math.sqrt(count / (count - Math.min(count - 1, nodes.length * abreast)));
      steps.push({ ...of, from: begin, to: up, probes: 1, requests });
      steps.push({ ...of, from: up, to: up + loadingMs, loading: true });
      steps.push({ ...undisturbed, zone, from: begin, to: up + loadingMs, slow });
      begin += stepMs;
    }
    begin += loadingMs;
  });
  return steps;
}

/** The path from one vantage to one zone, or what one vantage runs on. */
export function blip(world: World, draw: Draw, vantage: number, at: number): Disturbance[] {
  const to = at + draw.magnitude(1, 60) * secondMs;
  const zone = draw.whole(0, world.zones.length - 1);
  return [
    { ...undisturbed, from: at, to, zone, vantage, probes: draw.between(0.3, 1), hang: draw.chance(0.5) },
  ];
}

export function silence(draw: Draw, vantage: number, at: number): Disturbance[] {
  return [
    { ...undisturbed, from: at, to: at + draw.magnitude(0.3, 20) * minuteMs, zone: vantage, silent: true },
  ];
}
