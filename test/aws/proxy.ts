import { once } from 'node:events';
import http from 'node:http';

/** One call of the SDK, as the proxy in front of moto saw it. */
interface AwsCall {
  service: string;
  region: string;
  action: string;
  method: string;
  path: string;
  body: string;
}

export interface AwsReply {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

/**
 * What gets in the way of a call: another answer, silence, a cut connection, or (`lost`) the call made and its answer
 * cut off. Null lets it pass.
 */
export type Interference = (call: AwsCall) => AwsReply | 'hang' | 'reset' | 'lost' | null;

export interface AwsProxy {
  url: string;
  /** Every call since the last `forget`, in order. */
  calls: AwsCall[];
  /** Asked in order; the first that is not null counts. */
  interferences: Interference[];
  close(): Promise<void>;
}

/** Stands before moto (`target`), records what is asked of it, and lets `interferences` get in the way. */
export async function startProxy(target: string): Promise<AwsProxy> {
  const calls: AwsCall[] = [];
  const interferences: Interference[] = [];
  const { hostname, port } = new URL(target);
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const call = classify(request, body.toString('utf8'));
      calls.push(call);
      const reply = replyTo(call, interferences);
      if (reply === 'hang') return;
      if (reply === 'reset') request.socket.resetAndDestroy();
      else if (reply !== null && reply !== 'lost') {
        response.writeHead(reply.status, reply.headers).end(reply.body);
      } else forward(request, body, response, reply === 'lost');
    });
  });

  function forward(
    { method, url, headers, socket }: http.IncomingMessage,
    body: Buffer,
    response: http.ServerResponse,
    lost: boolean,
  ): void {
    const upstream = http.request({ hostname, port, method, path: url, headers }, (answer) => {
      if (lost) {
        answer.resume().once('end', () => socket.resetAndDestroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', (error) => response.writeHead(502).end(String(error)));
    upstream.end(body);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    interferences,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What gets in the way. A call that is to be lost is carried out by what comes after, be it moto. */
function replyTo(call: AwsCall, interferences: Interference[]): ReturnType<Interference> {
  for (const [i, one] of interferences.entries()) {
    const reply = one(call);
    if (reply === null) continue;
    if (reply !== 'lost') return reply;
    const done = replyTo(call, interferences.slice(i + 1));
    return done === null ? 'lost' : 'reset';
  }
  return null;
}

function classify({ method = '', url = '', headers }: http.IncomingMessage, body: string): AwsCall {
  const scope = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '');
  const target = headers['x-amz-target'];
  const form = /(?:^|&)Action=([A-Za-z]+)/.exec(body)?.[1];
  const rest = `${method} ${url.split('?')[0]}`;
  const action = typeof target === 'string' ? (target.split('.').at(-1) ?? rest) : (form ?? rest);
  return { service: scope?.[2] ?? '', region: scope?.[1] ?? '', action, method, path: url, body };
}
