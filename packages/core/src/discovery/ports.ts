import type { ServiceName } from '../ids.ts';
import type { Complaint, JoinedService, TaggedGroup } from './tagged-group.ts';

/** A region's groups that bear `evac:service`. */
export interface Discovery {
  /** All of them, or it rejects: a part would look as if the others had left. */
  taggedGroups(): Promise<TaggedGroup[]>;
}

/** A service that joined, as the region's table holds it. */
export interface Remembered {
  service: JoinedService;
  /** Since when its tags are gone, epoch ms; null while they are there. */
  missingSince: number | null;
}

/** What the tags of a region's groups said last. */
export interface JoinedMemory {
  /** Without those that a newer version has written. */
  joined(): Promise<Remembered[]>;
  keep(remembered: Remembered): Promise<void>;
  forget(ask: { name: ServiceName }): Promise<void>;
  complaints(): Promise<Complaint[]>;
  /** False if it is there already. */
  addComplaint(complaint: Complaint): Promise<boolean>;
  removeComplaint(complaint: Complaint): Promise<void>;
}
