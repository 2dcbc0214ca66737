import type { Store } from '@evac/core';
import type { PortContext } from '../context.ts';
import { createHealthStore } from './health.ts';
import { createIncidentStore } from './incidents.ts';
import { createLeaseStore } from './leases.ts';
import { createObservationStore } from './observations.ts';
import { createPauseStore } from './pauses.ts';
import { createRecordStore } from './record.ts';
import { createTable } from './table.ts';
import { createTargetStore } from './targets.ts';

/**
 * One region's memory in one DynamoDB table (keys.ts says what is where). Reads are strongly consistent, and a write
 * that must not be lost to a race is conditional. Rejects with a PortError: `throttled`, `contention` when others kept
 * writing the same, `invalid` for what does not fit into an item or was written by a newer version; with a LostAnswer
 * where a write may have happened, and may be repeated.
 */
export function createStore(
  { clients, clock }: Pick<PortContext, 'clients' | 'clock'>,
  table: string,
): Store {
  const items = createTable(clients, table, clock);
  return {
    ...createTargetStore(items, clock),
    ...createObservationStore(items, clock),
    ...createHealthStore(items, clock),
    ...createLeaseStore(items, clock),
    ...createIncidentStore(items, clock),
    ...createRecordStore(items, clock),
    ...createPauseStore(items, clock),
  };
}
