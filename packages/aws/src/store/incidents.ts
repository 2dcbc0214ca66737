import { randomUUID } from 'node:crypto';
import { type Clock, type Incident, type IncidentId, incidentId, PortError, type Store } from '@evac/core';
import { backOff } from './back-off.ts';
import { headItem, incidentOf, readHead } from './incident-items.ts';
import { bytesOf, type Item, itemOf, textOf } from './item.ts';
import { closedFrom, closedPk, incidentHead, incidentPk, openKey, openPk } from './keys.ts';
import { unpack } from './pack.ts';
import type { Table } from './table.ts';

/**
 * An incident is a head and one item an event. Which incidents of a service are open, and which were closed when, is
 * kept in items of their own, written in the same transactions: guards ask for both, and no list is ever behind.
 */
export function createIncidentStore(
  table: Table,
  clock: Clock,
): Pick<Store, 'openIncident' | 'incident' | 'incidents'> {
  const readOf = async (id: IncidentId) => (await readIncident(table, clock, id))?.incident ?? null;

  return {
    async openIncident({ incident }) {
      if (incident.closedAt !== null || incident.events.length > 0) {
        throw new PortError(
          'invalid',
          `${incident.id} has events already: an incident is opened without any`,
        );
      }
      const nonce = randomUUID();
      const head = { put: headItem(incident, nonce), condition: { expression: 'attribute_not_exists(pk)' } };
      const result = await table.transact([head, { put: itemOf(openKey(incident), {}) }], nonce);
      // Repeated because the answer was lost, it finds itself.
      return result.ok || result.items[0]?.nonce?.S === nonce;
    },

    incident: ({ id }) => readOf(id),

    async incidents({ service, since }) {
      // The open ones first: one that closes between the two is then in both lists and not in neither.
      const open = await table.query(openPk(service));
      const closed = await table.query(closedPk(service), closedFrom(since));
      const read = await Promise.all([
        ...open.map((item) => readOf(incidentId(textOf(item, 'sk')))),
        ...closed.map((item) => inline(item) ?? readOf(incidentId(textOf(item, 'id')))),
      ]);
      const known = read.filter((i) => i !== null && (i.closedAt === null || i.closedAt >= since));
      const unique = new Map(known.flatMap((i) => (i ? [[i.id, i] as const] : [])));
      return [...unique.values()].toSorted((a, b) => a.openedAt - b.openedAt);
    },
  };
}

/** An incident as of its head, with the count that the head has; null if there is none. */
export async function readIncident(
  table: Table,
  clock: Clock,
  id: IncidentId,
): Promise<{ incident: Incident; lastSeq: number } | null> {
  for (let attempt = 1; ; attempt++) {
    const [head, ...events] = await table.query(incidentPk(id));
    if (!head || textOf(head, 'sk') !== incidentHead(id).sk) return null;
    const incident = incidentOf(head, events);
    const { lastSeq } = readHead(head);
    // A query is no transaction: it may have missed events of the head it has. Those that stay away are lost, and the
    // rest is still told.
    if (incident.events.length === lastSeq || attempt === 3) return { incident, lastSeq };
    await backOff(clock, attempt);
  }
}

function inline(item: Item): Incident | null {
  return item.body ? unpack<Incident>(bytesOf(item, 'body')) : null;
}
