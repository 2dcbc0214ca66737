import type { CloudEvent, CloudView } from '../../cloud/cloud.ts';
import type { ActiveFault } from '../../fault/strike.ts';

/** What `GET /view` answers: the whole truth, whatever is broken. */
export interface WorldView extends CloudView {
  /** The faults that hold now, oldest first. */
  faults: ActiveFault[];
  /** Epoch ms of the last request that a balancer took, by region, and routed, by node; nothing where none was. */
  lastRequestAt: { regions: Record<string, number>; nodes: Record<string, number> };
}

/** What `GET /events?after=N` answers a list of: 1, 2, 3 …, oldest first. */
export interface WorldEvent extends Omit<CloudEvent, 'kind'> {
  seq: number;
  kind: CloudEvent['kind'] | 'fault-on' | 'fault-off';
}

/** What `POST /fault` takes; without a target, the first of its kind, or when taken off, all of that name. */
export interface FaultOrder {
  name: string;
  target: string | null;
  on: boolean;
}
