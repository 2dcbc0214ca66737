import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Worker } from 'node:worker_threads';

/** What a server does with one request it has read. */
export type Behaviour = (socket: Socket, request: Request) => void;

interface Request {
  method: string;
  path: string;
  head: string;
  body: string;
  /** 1 for the first request for this path. */
  nth: number;
}

export interface BadServer {
  port: number;
  requests: Request[];
  connections(): number;
  /** Connections that are open now. */
  open(): number;
  close(): Promise<void>;
}

/** A server on a free port of loopback that reads requests properly and answers each path as told (`*`: any other). */
export function serve(
  routes: Behaviour | Record<string, Behaviour>,
  tls?: { key: string; cert: string },
  reads: 'requests' | 'any bytes' = 'requests',
): Promise<BadServer> {
  const byPath = typeof routes === 'function' ? { '*': routes } : routes;
  const requests: Request[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  function accept(socket: Socket): void {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let buffered = '';
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1');
      const end = reads === 'any bytes' ? 0 : buffered.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = buffered.slice(0, end);
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
      if (buffered.length < end + 4 + length) return;
      const body = buffered.slice(end + 4, end + 4 + length);
      buffered = buffered.slice(end + 4 + length);
      const [method = '', path = ''] = head.split(' ');
      const nth = requests.filter((earlier) => earlier.path === path).length + 1;
      const request = { method, path, head, body, nth };
      requests.push(request);
      (byPath[path] ?? byPath['*'] ?? notFound)(socket, request);
    });
  }

  const server: Server = tls ? createTlsServer(tls, accept) : createServer(accept);
  // A handshake that the client breaks off is the client's right.
  server.on('tlsClientError', () => {});
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : 0,
        requests,
        connections: () => connections,
        open: () => sockets.size,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}

/** A whole, framed response. */
export function reply(
  status: number,
  body: string | Buffer = '',
  headers: Record<string, string> = {},
): Behaviour {
  return (socket) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `HTTP/1.1 ${status} Said\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${lines.join('')}\r\n`;
    socket.write(head);
    socket.write(body);
  };
}

const notFound = reply(404, 'no such path');

export const json = (value: unknown): Behaviour =>
  reply(200, JSON.stringify(value), { 'content-type': 'application/json' });

/** Exactly these bytes, and then silence. */
export const raw =
  (...bytes: (string | Buffer)[]): Behaviour =>
  (socket) => {
    for (const part of bytes) socket.write(part);
  };

/** Accepts, reads, never answers. */
export const hang: Behaviour = () => {};

/** A header every `everyMs`, never the last one. */
export const slowHeaders =
  (everyMs: number): Behaviour =>
  (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    drip(socket, everyMs, (n) => `x-slow-${n}: 1\r\n`);
  };

/** A body without end, as fast as it is taken. */
export const endlessBody: Behaviour = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
  const chunk = `2000\r\n${'x'.repeat(0x2000)}\r\n`;
  const pour = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', pour);
  pour();
};

/** A body without end, a byte at a time. */
export const slowBody =
  (everyMs: number): Behaviour =>
  (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    drip(socket, everyMs, () => '1\r\nx\r\n');
  };

export const reset: Behaviour = (socket) => {
  socket.resetAndDestroy();
};

export const closeSilently: Behaviour = (socket) => {
  socket.end();
};

/** These bytes, and then the connection is closed. */
export const closeAfter =
  (...bytes: string[]): Behaviour =>
  (socket) => {
    socket.end(bytes.join(''));
  };

/** These bytes, and when the other side has them, a reset. */
export const resetAfter =
  (...bytes: string[]): Behaviour =>
  (socket) => {
    socket.write(bytes.join(''), () => setTimeout(() => socket.resetAndDestroy(), 20));
  };

export const redirect = (location: string, status = 302): Behaviour => reply(status, '', { location });

/** The server's counters in Prometheus text, vLLM's names; one reading after the other, the last one for ever. */
export const metrics =
  (...readings: { tokens: number; running: number; waiting: number }[]): Behaviour =>
  (socket, request) => {
    const now = readings[Math.min(request.nth, readings.length) - 1];
    const text = [
      '# HELP vllm:generation_tokens_total Number of generation tokens processed.',
      '# TYPE vllm:generation_tokens_total counter',
      `vllm:generation_tokens_total{engine="0",model_name="a } \\"b\\" c"} ${now?.tokens}.0`,
      `vllm:num_requests_running{engine="0"} ${now?.running}.0`,
      `vllm:num_requests_waiting{engine="0"} ${now?.waiting}.0 1700000000000`,
      '',
    ];
    reply(200, text.join('\n'), { 'content-type': 'text/plain; version=0.0.4' })(socket, request);
  };

export const streamHead =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';

export const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

export const event = (value: unknown): string =>
  chunk(`data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`);

/** One token as an OpenAI chat stream carries it. */
export const token = (content: string, model = 'm1'): string =>
  event({ object: 'chat.completion.chunk', model, choices: [{ index: 0, delta: { content } }] });

export const finish = (reason: string | null, model = 'm1'): string =>
  event({
    object: 'chat.completion.chunk',
    model,
    choices: [{ index: 0, delta: {}, finish_reason: reason }],
  });

export const doneEvent = event('[DONE]');
export const lastChunk = '0\r\n\r\n';

/** A proper stream of these tokens. */
export const stream = (tokens: string[], model = 'm1'): Behaviour =>
  raw(streamHead, ...tokens.map((text) => token(text, model)), finish('stop', model), doneEvent, lastChunk);

/** Comments for ever, as proxies send them to keep a connection alive, and no token. */
export const commentsOnly =
  (everyMs: number): Behaviour =>
  (socket) => {
    socket.write(streamHead);
    drip(socket, everyMs, () => chunk(': keep-alive\n\n'));
  };

function drip(socket: Socket, everyMs: number, text: (n: number) => string): void {
  let n = 0;
  const timer = setInterval(() => socket.write(text(n++)), everyMs);
  socket.on('close', () => clearInterval(timer));
}

/** A port that refuses: nobody listens there, and it is none that who asks for a free one is given. */
export const refusedPort = 1;

/** A listener whose process is stuck: the kernel's accept queue fills up, and then nobody gets a connection. */
export async function stuckListener(): Promise<{ port: number; close(): Promise<void> }> {
  const code = `
    const { createServer } = require('node:net');
    const { parentPort } = require('node:worker_threads');
    const server = createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      // At once: its loop would take everybody who had come until then.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const worker = new Worker(code, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  return { port, close: async () => void (await worker.terminate()) };
}
