import { randomUUID } from 'node:crypto';
import { type Clock, type IncidentEvent, type IncidentId, PortError, type Store } from '@evac/core';
import { attempts, backOff } from './back-off.ts';
import { closedItem, countUp, countUpAndClose, eventItem, readHead } from './incident-items.ts';
import { readIncident } from './incidents.ts';
import { eventKey, incidentHead, leaseKey, openKey } from './keys.ts';
import { mustBeTtl, renewal, staleness } from './leases.ts';
import type { Operation } from './operation.ts';
import type { Table } from './table.ts';

const isNew = { expression: 'attribute_not_exists(pk)' };

/**
 * Appends to incidents. An event, the head's new count and the renewed lease are one transaction: it holds only while
 * the token is the scope's present one, the lease has not expired and nobody has appended since the head was read. So
 * events have no gaps, none is written twice, and who was superseded writes none.
 */
export function createRecordStore(table: Table, clock: Clock): Pick<Store, 'record' | 'closeIncident'> {
  /** A closed incident is also in the list of the closed ones, which has to keep up. */
  async function relisting(id: IncidentId, event: IncidentEvent): Promise<Operation[]> {
    const read = await readIncident(table, clock, id);
    if (!read || read.incident.closedAt === null) return [];
    const { incident } = read;
    const events = [...incident.events.filter((e) => e.seq < event.seq), event];
    return [{ put: closedItem({ ...incident, events }, read.incident.closedAt) }];
  }

  return {
    async record({ id, scope, token, ttlMs, event }) {
      mustBeTtl(ttlMs);
      const nonce = randomUUID();
      for (let attempt = 1; attempt <= attempts; attempt++) {
        const now = clock.now();
        const head = await table.get(incidentHead(id));
        if (!head) {
          throw staleness(scope, token, await table.get(leaseKey(scope)), now) ?? unknown(id);
        }
        const { incident, lastSeq } = readHead(head);
        const written: IncidentEvent = { ...event, seq: lastSeq + 1, at: now };
        const result = await table.transact(
          [
            renewal(scope, token, now, ttlMs),
            countUp(id, lastSeq),
            { put: eventItem(id, written, nonce), condition: isNew },
            ...(incident.closedAt === null ? [] : await relisting(id, written)),
          ],
          randomUUID(),
        );
        if (result.ok) return written;
        if (result.failed[0]) throw staleness(scope, token, result.items[0] ?? null, now) ?? busy(id);
        // Repeated because the answer was lost, it finds itself.
        if ((await table.get(eventKey(id, written.seq)))?.nonce?.S === nonce) return written;
        await backOff(clock, attempt);
      }
      throw busy(id);
    },

    async closeIncident({ id, outcome, text }) {
      for (let attempt = 1; attempt <= attempts; attempt++) {
        const read = await readIncident(table, clock, id);
        if (!read) throw unknown(id);
        const { incident, lastSeq } = read;
        if (incident.closedAt !== null) return;
        const at = clock.now();
        const event: IncidentEvent = { step: 'close', phase: 'done', text, seq: lastSeq + 1, at };
        const closed = { ...incident, closedAt: at, outcome, events: [...incident.events, event] };
        const result = await table.transact(
          [
            countUpAndClose(closed, lastSeq, at),
            { put: eventItem(id, event, randomUUID()), condition: isNew },
            { remove: openKey(incident) },
            { put: closedItem(closed, at) },
          ],
          randomUUID(),
        );
        if (result.ok) return;
        await backOff(clock, attempt);
      }
      throw busy(id);
    },
  };
}

function unknown(id: IncidentId): PortError {
  return new PortError('not-found', `no incident ${id} in this region's store`);
}

function busy(id: IncidentId): PortError {
  return new PortError('contention', `incident ${id} was written by others, ${attempts} times in a row`);
}
