import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PortError } from '@evac/core';

/** Ports by name; what may be called is what each object itself holds as a function. */
export type RpcPorts = Readonly<Record<string, object>>;

export interface RpcServer {
  /** `http://HOST:PORT`, no slash at the end. */
  url: string;
  /** Down, it resets every connection: those that are open and those that come. */
  setUp(up: boolean): void;
  close(): Promise<void>;
}

const defaultMaxBodyBytes = 8 * 1024 * 1024;

/**
 * Answers `POST /rpc/PORT/METHOD`: the body is the method's one argument as JSON (nothing for none), the answer its
 * result. A PortError answers 409, a bad request 400, 404, 405 or 413, anything else thrown 500, each with
 * `{code, message}`.
 */
export function rpcListener(
  ports: RpcPorts,
  maxBodyBytes = defaultMaxBodyBytes,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(ports, maxBodyBytes, request).then(
      ({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body ?? null));
      },
      // The caller went away before it had sent everything: there is nobody to answer.
      () => response.destroy(),
    );
  };
}

/** Serves ports on a socket of its own. Port 0 takes any free one. Rejects if it cannot listen. */
export async function serveRpc(ports: RpcPorts, at: { host: string; port: number }): Promise<RpcServer> {
  const sockets = new Set<Socket>();
  let up = true;
  const server = http.createServer(rpcListener(ports));
  // Longer than any client keeps an idle connection: the client closes first, so no call meets a closing one.
  server.keepAliveTimeout = 120_000;
  server.on('connection', (socket: Socket) => {
    if (!up) return socket.resetAndDestroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : at.port;
  return {
    url: `http://${at.host}:${port}`,
    setUp(next) {
      up = next;
      if (!up) for (const socket of sockets) socket.resetAndDestroy();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Answer {
  status: number;
  body: unknown;
}

async function answer(ports: RpcPorts, maxBodyBytes: number, request: IncomingMessage): Promise<Answer> {
  const body = await readBody(request, maxBodyBytes);
  if (body === null) return refuse(413, `a body may have ${maxBodyBytes} bytes, this one has more`);
  const path = request.url ?? '';
  const [, portName, methodName] = /^\/rpc\/([\w-]+)\/([\w-]+)$/.exec(path) ?? [];
  if (portName === undefined || methodName === undefined) {
    return refuse(404, `no such path: ${path}; call POST /rpc/PORT/METHOD`);
  }
  if (request.method !== 'POST') return refuse(405, `${request.method} is not allowed: call POST ${path}`);

  const method = ownMethod(ports, portName, methodName);
  if (typeof method === 'string') return refuse(404, method);
  const argument = parse(body);
  if ('problem' in argument) return refuse(400, `the body is not JSON: ${argument.problem}`);
  try {
    return { status: 200, body: await method(argument.value) };
  } catch (error) {
    if (error instanceof PortError) {
      return { status: 409, body: { code: error.code, message: error.message } };
    }
    return {
      status: 500,
      body: { code: 'unavailable', message: `${portName}.${methodName} broke: ${error}` },
    };
  }
}

/** The body as text; null if it is larger than `maxBytes`, and then the rest was read and thrown away. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > maxBytes ? null : Buffer.concat(chunks).toString('utf8');
}

/** The method, bound; or the sentence that says why there is none. */
function ownMethod(
  ports: RpcPorts,
  portName: string,
  methodName: string,
): ((argument: unknown) => unknown) | string {
  const port = Object.hasOwn(ports, portName) ? ports[portName] : undefined;
  if (port === undefined) return `no port named ${portName}: there are ${Object.keys(ports).join(', ')}`;
  const descriptor = Object.getOwnPropertyDescriptor(port, methodName);
  const method: unknown = descriptor?.value;
  if (typeof method !== 'function') {
    return `${portName} has no method named ${methodName}: it has ${Object.keys(port).join(', ')}`;
  }
  return (argument) => method.call(port, argument);
}

function parse(body: string): { value: unknown } | { problem: string } {
  if (body === '') return { value: undefined };
  try {
    return { value: JSON.parse(body) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function refuse(status: number, message: string): Answer {
  return { status, body: { code: 'invalid', message } };
}
