import { once } from 'node:events';
import http from 'node:http';

/** A request as it came over the wire. */
export interface StubCall {
  /** From the header that JSON services use, else the method and the path. */
  action: string;
  method: string;
  /** With the query. */
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface StubAnswer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}
/** An answer, or silence, or a connection that is cut. */
export type StubReply = StubAnswer | 'hang' | 'reset';

export interface Stub {
  url: string;
  calls: StubCall[];
  close(): Promise<void>;
}

/** A local HTTP server in place of an AWS service; `reply` may act before it answers, or wait. */
export async function startStub(
  reply: (call: StubCall, nth: number) => StubReply | Promise<StubReply>,
): Promise<Stub> {
  const calls: StubCall[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const call = read(request, Buffer.concat(chunks).toString('utf8'));
      calls.push(call);
      const answer = await reply(call, calls.length);
      if (answer === 'hang') return;
      if (answer === 'reset') {
        request.socket.resetAndDestroy();
        return;
      }
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    request.on('error', () => {});
  });
  // A client that has paused meanwhile would ask on a connection just as it is closed.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function read(request: http.IncomingMessage, body: string): StubCall {
  const { method = '', url = '', headers } = request;
  const target = headers['x-amz-target'];
  const form = /(?:^|&)Action=([A-Za-z]+)/.exec(body)?.[1];
  const path = url.split('?')[0] ?? '';
  const action =
    typeof target === 'string' ? (target.split('.').at(-1) ?? '') : (form ?? `${method} ${path}`);
  return { action, method, path: url, headers, body };
}
