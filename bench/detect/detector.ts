import type { Draw } from './draw.ts';

/** What one round says of one zone: requests that the balancer counted, and probes. */
export interface ZoneCount {
  requests: number;
  failedRequests: number;
  probes: number;
  failedProbes: number;
}

/** Sees each round at its end and says which zones (by index) it would evacuate then. */
export type Detector = (index: number, zones: readonly ZoneCount[]) => readonly number[];

export interface Peer {
  name: string;
  create(draw: Draw): Detector;
}

export const nobody: readonly number[] = [];
