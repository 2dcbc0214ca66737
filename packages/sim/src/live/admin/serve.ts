import http, { type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { WorldDescription } from '../../description.ts';
import { localhost } from '../addresses.ts';
import { type Door, openDoor } from '../door.ts';
import { type FaultBoard, FaultMistake } from '../faults.ts';
import type { FaultOrder, WorldEvent, WorldView } from './view.ts';

export interface AdminWorld {
  description(): WorldDescription;
  view(): WorldView;
  events(after: number): WorldEvent[];
  faults: FaultBoard;
  shutDown(): void;
}

/** The address of who plays with the world. It is no part of the simulated cloud, and no fault reaches it. */
export function serveAdmin(world: AdminWorld): Promise<Door> {
  const server = http.createServer(async (request, response) => {
    const { status, body } = await answer(world, request).catch((error: unknown) => failure(error));
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  return openDoor(server, { host: localhost, port: 0 });
}

async function answer(
  world: AdminWorld,
  request: IncomingMessage,
): Promise<{ status: number; body: unknown }> {
  const body = await text(request);
  const url = new URL(request.url ?? '/', 'http://world');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /description':
      return { status: 200, body: world.description() };
    case 'GET /view':
      return { status: 200, body: world.view() };
    case 'GET /events':
      return { status: 200, body: world.events(Number(url.searchParams.get('after') ?? 0)) };
    case 'POST /fault': {
      const order = readOrder(body);
      return { status: 200, body: { on: order.on, changed: await world.faults.order(order) } };
    }
    case 'POST /shutdown':
      world.shutDown();
      return { status: 202, body: { message: 'the world ends' } };
    default: {
      const paths = 'GET /description, GET /view, GET /events?after=N, POST /fault, POST /shutdown';
      return { status: 404, body: { message: `no such path: there are ${paths}` } };
    }
  }
}

function readOrder(body: string): FaultOrder {
  const shape = '{"name": "node-hang", "target": "i-…" or null, "on": true}';
  try {
    const order = JSON.parse(body) as Partial<Record<keyof FaultOrder, unknown>>;
    const { name, target = null, on = true } = order;
    const named = typeof target === 'string' || target === null;
    if (typeof name === 'string' && named && typeof on === 'boolean') return { name, target, on };
  } catch {
    // Said below.
  }
  throw new FaultMistake(`POST /fault takes ${shape}, not ${body.slice(0, 200) || 'nothing'}`);
}

function failure(error: unknown): { status: number; body: { message: string } } {
  const message = error instanceof Error ? error.message : String(error);
  return { status: error instanceof FaultMistake ? 400 : 500, body: { message } };
}
