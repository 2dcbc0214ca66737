import { type Destination, destinationKey, destinationOfUrl, hostHeader } from './wire/destination.ts';
import type { Head } from './wire/head.ts';

/** One request on the way through redirects. */
export interface Hop {
  destination: Destination;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | null;
}

/** Headers that say nothing about us: all that another origin is told. */
const harmless = new Set(['accept', 'accept-language', 'content-type', 'user-agent']);

/** The request that a redirect asks for, as the Fetch standard has it; null when it is no redirect we can follow. */
export function followRedirect(hop: Hop, head: Head | null): Hop | null {
  const location = head?.headers.get('location');
  if (head === null || location === undefined || ![301, 302, 303, 307, 308].includes(head.status))
    return null;
  const base = `${hop.destination.secure ? 'https' : 'http'}://${hostHeader(hop.destination)}${hop.path}`;
  const url = URL.parse(location, base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  // A relative Location stays on the connection's own address, whatever name was sent to it.
  const stays = URL.parse(base)?.origin === url.origin;
  const destination = stays ? hop.destination : destinationOfUrl(url);
  const sameOrigin = destinationKey(destination) === destinationKey(hop.destination);
  const toGet =
    (head.status === 303 && hop.method !== 'HEAD') || (head.status < 303 && hop.method === 'POST');
  return {
    destination,
    method: toGet ? 'GET' : hop.method,
    path: url.pathname + url.search,
    headers: sameOrigin
      ? hop.headers
      : Object.fromEntries(Object.entries(hop.headers).filter(([name]) => harmless.has(name.toLowerCase()))),
    body: toGet ? null : hop.body,
  };
}
