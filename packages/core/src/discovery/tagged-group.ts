import type { RegionName, ServiceName } from '../ids.ts';
import type { PolicyMode, PresetName, ServiceRegion } from '../settings.ts';

/** An Auto Scaling group that bears `evac:service`, as AWS describes it. */
export interface TaggedGroup {
  name: string;
  tags: ReadonlyMap<string, string>;
  /** Those that it launches into, and those it will again. */
  zones: ServiceRegion['zones'];
  targetGroups: SeenTargetGroup[];
}

/** Where one of its target groups sends traffic, and from where. */
export interface SeenTargetGroup {
  name: string;
  /** `HTTP`, `HTTPS`, `TCP` … */
  protocol: string;
  port: number;
  /** What the load balancer itself asks, where that is HTTP on the port of the traffic. */
  health: HealthAsk | null;
  /** URLs at which clients reach it from everywhere. */
  endpoints: string[];
  /** Why there are none; null where there are. */
  hidden: string | null;
  /** Itself and its load balancers, where they do not bear `evac:service` as their group does. */
  unmarked: string[];
}

/** A GET, and the range of the statuses that are well. */
export interface HealthAsk {
  path: string;
  from: number;
  to: number;
}

/** A service that its groups' tags declare, in one region: what is kept of it, and all that its settings follow from. */
export interface JoinedService {
  name: ServiceName;
  region: RegionName;
  groups: string[];
  zones: ServiceRegion['zones'];
  /** Empty where it has none: then its policy is `observe`. */
  endpoint: string;
  /** Null: what its target group asks is asked. */
  preset: PresetName | null;
  model: string | null;
  port: number | null;
  health: HealthAsk | null;
  standby: boolean;
  policy: PolicyMode;
}

/** A tag that makes no sense. */
export interface Complaint {
  /** The service under which the group is observed nevertheless. */
  service: ServiceName;
  group: string;
  /** What was seen, and what would be right. */
  sentence: string;
}
