import type { Incident, IncidentEvent, IncidentId } from '@evac/core';
import { bytes, type Item, itemOf, number, numberOf, text, textOf, ttlAt } from './item.ts';
import { closedKey, eventKey, incidentHead } from './keys.ts';
import { pack } from './pack.ts';

/** Of what is closed. Guards look back a day, steps a month; people, for as long as an audit may ask. */
const keepMs = 400 * 86_400_000;
/** Events are kept from when they were written, and an incident may stay open for long. */
const keepEventMs = 3 * keepMs;
/** A list is one query as long as its incidents fit into its items; one that does not is read by itself. */
const maxInlineBytes = 200_000;

type WithoutEvents = Omit<Incident, 'events'>;

/** The incident without its events, and how many there are: what a conditional append needs. */
export function headItem(incident: Incident, nonce: string): Item {
  const attributes = { lastSeq: number(incident.events.length), nonce: text(nonce) };
  return itemOf(incidentHead(incident.id), { ...attributes, incident: headText(incident) });
}

export function eventItem(id: IncidentId, event: IncidentEvent, nonce: string): Item {
  return itemOf(eventKey(id, event.seq), {
    event: text(JSON.stringify(event)),
    nonce: text(nonce),
    ...ttlAt(event.at + keepEventMs),
  });
}

/** The whole of a closed incident, if it is not too long. */
export function closedItem(incident: Incident, closedAt: number): Item {
  const body = pack(incident);
  return itemOf(closedKey(incident.service, closedAt, incident.id), {
    id: text(incident.id),
    ...(body.byteLength <= maxInlineBytes ? { body: bytes(body) } : {}),
    ...ttlAt(closedAt + keepMs),
  });
}

/** The head's new count, on condition that nobody has appended since it was read. */
export function countUp(id: IncidentId, lastSeq: number) {
  return {
    update: incidentHead(id),
    expression: 'SET #lastSeq = :next',
    condition: {
      expression: '#lastSeq = :was',
      values: { ':was': number(lastSeq), ':next': number(lastSeq + 1) },
    },
  };
}

/** The same for the last event of an open incident: the head says how it ended. */
export function countUpAndClose(incident: Incident, lastSeq: number, closedAt: number) {
  const { update, expression, condition } = countUp(incident.id, lastSeq);
  const { ttl = number(0) } = ttlAt(closedAt + keepMs);
  return {
    update,
    expression: `${expression}, #incident = :incident, #ttl = :ttl`,
    condition: {
      ...condition,
      values: { ...condition.values, ':incident': headText(incident), ':ttl': ttl },
    },
  };
}

/** The incident as of its head: events that were appended while it was read are left out. */
export function incidentOf(head: Item, events: Item[]): Incident {
  const { lastSeq, incident } = readHead(head);
  const read = events.map((item): IncidentEvent => JSON.parse(textOf(item, 'event')));
  return { ...incident, events: read.filter((event) => event.seq <= lastSeq) };
}

export function readHead(head: Item): { incident: WithoutEvents; lastSeq: number } {
  return { incident: JSON.parse(textOf(head, 'incident')), lastSeq: numberOf(head, 'lastSeq') };
}

function headText({ events: _, ...incident }: Incident) {
  return text(JSON.stringify(incident));
}
