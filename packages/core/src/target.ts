import type { NodeId, RegionName, ServiceName, TargetId, VantageId, ZoneName } from './ids.ts';
import type { CheckKind, Outcome } from './outcome.ts';

/** Where a probe connects to. `host` may be a name or an address. */
export interface Address {
  protocol: 'http' | 'https' | 'tcp' | 'tls';
  host: string;
  port: number;
  /** Sent as Host and as the TLS server name, when it is not `host`. */
  serverName?: string;
}

interface TargetBase {
  id: TargetId;
  service: ServiceName;
  region: RegionName;
  address: Address;
  /** Epoch ms; the startup grace counts from it. 0 for what is not launched. */
  launchedAt: number;
  /** Some vantage found fault with it at that time (epoch ms): the others ask the same now, not at their next round. */
  suspected?: { check: CheckKind; at: number };
}

/** What one probe asks. */
export type Target =
  | (TargetBase & { kind: 'node'; zone: ZoneName; node: NodeId })
  | (TargetBase & { kind: 'zone'; zone: ZoneName })
  | (TargetBase & { kind: 'region' });

/** A place that probes: a zone's subnet, or (zone null) the region from outside the VPC. */
export interface Vantage {
  id: VantageId;
  region: RegionName;
  zone: ZoneName | null;
  /** URLs that answer whenever this vantage can see the world at all. */
  controls: string[];
}

/** One vantage's outcomes of one round of one service. */
export interface Observation {
  service: ServiceName;
  vantage: VantageId;
  region: RegionName;
  zone: ZoneName | null;
  /** When the round ended, epoch ms. */
  at: number;
  /** The vantage reached none of its controls: its outcomes are `unknown`. */
  blind: boolean;
  outcomes: Outcome[];
}
