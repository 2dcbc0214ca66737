import http, { type RequestListener } from 'node:http';
import type { Part } from '../fault/catalog.ts';
import { type ActiveFault, isDark, type Place } from '../fault/strike.ts';
import { localhost } from './addresses.ts';
import { type Door, openDoor, type Reach } from './door.ts';

/** A piece of a world that faults can make dark. */
export interface LivePart {
  reflect(active: readonly ActiveFault[]): Promise<void>;
  close(): Promise<void>;
}

/** An HTTP server on a free port of its own. */
export interface ServedPart extends LivePart {
  host: string;
  port: number;
  /** `http://HOST:PORT` */
  url: string;
}

export async function servePart(part: Part, place: Place, listener: RequestListener): Promise<ServedPart> {
  const door = await openDoor(http.createServer(listener), { host: localhost, port: 0 });
  return {
    host: door.host,
    port: door.port,
    url: `http://${door.host}:${door.port}`,
    ...darkened(part, place, door),
  };
}

/** What has a door, dark whenever the faults say so. */
export function darkened(
  part: Part,
  place: Place,
  door: Pick<Door, 'close'> & { set(reach: Reach): Promise<void> },
): LivePart {
  return {
    reflect: (active) => door.set(isDark(active, part, place) ? 'dark' : 'open'),
    close: () => door.close(),
  };
}
