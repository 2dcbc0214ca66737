import type { Call, Scene, Truth } from '../contract.ts';
import { isCall } from './call.ts';

/** What DNS is told, from the calls: the weights, and the switches by the region that each lives in. */
export interface DnsPicture {
  note(call: Call): void;
  weights(): ReadonlyMap<string, number>;
  /** The regions whose switch about this one is on. */
  switchedOffBy(region: string): string[];
  /** Whether a region that this one has failed over is still out: by its switch, or with another weight than configured. */
  isOut(region: string, by: string): boolean;
  /** The regions that it answers once it has taken everything in. */
  answered(truth: Truth): string[];
}

export function createDnsPicture(scene: Scene): DnsPicture {
  const weights = new Map(scene.world.regions.map((r): [string, number] => [r.name, r.weight]));
  const on = new Map<string, Set<string>>();
  const offBy = (region: string) => [...(on.get(region) ?? [])];
  return {
    note(call) {
      if (isCall(call, 'dns', 'setWeights')) {
        for (const [region, weight] of Object.entries(call.ask.weights)) weights.set(region, weight);
      }
      if (isCall(call, 'switch', 'write')) {
        const homes = on.get(call.ask.region) ?? new Set();
        on.set(call.ask.region, homes);
        if (call.ask.on) homes.add(call.region);
        else homes.delete(call.region);
      }
    },
    weights: () => weights,
    switchedOffBy: offBy,
    isOut: (region, by) =>
      offBy(region).includes(by) ||
      scene.world.regions.some((r) => r.name === region && weights.get(region) !== r.weight),
    /** As Route 53 chooses: docs/facts.md. A switch that lives in a dark region cannot be asked, and counts as off. */
    answered(truth) {
      const names = [...weights.keys()];
      const known = truth.scene.world.regions;
      const isDark = (name: string) => known.some((r) => r.name === name && truth.darkSince(r.name) !== null);
      const healthy = names.filter((name) => offBy(name).every(isDark));
      const considered = healthy.length > 0 ? healthy : names;
      const weighted = considered.filter((name) => (weights.get(name) ?? 0) > 0);
      return weighted.length > 0 ? weighted : considered;
    },
  };
}
