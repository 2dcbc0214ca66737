import { once } from 'node:events';
import http from 'node:http';

/** One call of the SDK, as the proxy in front of moto saw it. */
export interface AwsCall {
  /** Whose access key signed it. */
  caller: string;
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

/** The call is made, and then this instead of its answer. */
interface Afterwards {
  afterwards(): Promise<void>;
  /** Set where something before moto has carried it out already. */
  isDone?: true;
}

/**
 * What gets in the way of a call: another answer, silence, a cut connection, or (`lost`) the call made and its answer
 * cut off, once what comes afterwards is done. Null lets it pass.
 */
export type Interference = (
  call: AwsCall,
) => AwsReply | Promise<AwsReply> | Afterwards | 'hang' | 'reset' | 'lost' | null;

export interface AwsProxy {
  url: string;
  /** Every call since the last `forget`, in order. */
  calls: AwsCall[];
  /** Asked in order; the first that is not null counts. */
  interferences: Interference[];
  close(): Promise<void>;
}

interface ProxyOptions {
  /** A free one if left out. */
  port?: number;
  /**
   * Services that moto is asked of one call at a time: it keeps a DynamoDB transaction's tables by copying them, and one
   * that is refused puts back a copy without what others have written in the meantime.
   */
  inTurn?: string[];
}

/** Stands before moto (`target`), records what is asked of it, and lets `interferences` get in the way. */
export async function startProxy(target: string, options: ProxyOptions = {}): Promise<AwsProxy> {
  const turns = new Map(options.inTurn?.map((service) => [service, Promise.resolve()]));
  const calls: AwsCall[] = [];
  const interferences: Interference[] = [];
  const { hostname, port } = new URL(target);
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', async () => {
      const body = Buffer.concat(chunks);
      const call = classify(request, body.toString('utf8'));
      calls.push(call);
      const reply = replyTo(call, interferences);
      if (reply === 'hang') return;
      if (reply === 'reset') {
        request.socket.resetAndDestroy();
        return;
      }
      if (reply !== null && reply !== 'lost' && !('afterwards' in reply)) {
        const { status, headers, body } = await reply;
        response.writeHead(status, headers).end(body);
        return;
      }
      if (reply !== null && reply !== 'lost' && reply.isDone) {
        await reply.afterwards();
        request.socket.resetAndDestroy();
        return;
      }
      const instead = reply === null ? null : reply === 'lost' ? async () => {} : reply.afterwards;
      const before = turns.get(call.service) ?? Promise.resolve();
      const done = before.then(() => forward(request, body, response, instead));
      if (turns.has(call.service)) turns.set(call.service, done);
    });
  });

  function forward(
    { method, url, headers, socket }: http.IncomingMessage,
    body: Buffer,
    response: http.ServerResponse,
    instead: (() => Promise<void>) | null,
  ): Promise<void> {
    const over = Promise.withResolvers<void>();
    // Read whole before it is passed on: whoever asked may be gone, and the next call waits for its turn.
    const upstream = http.request({ hostname, port, method, path: url, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('end', async () => {
        over.resolve();
        if (!instead) response.writeHead(answer.statusCode ?? 502, answer.headers).end(Buffer.concat(chunks));
        else {
          await instead();
          socket.resetAndDestroy();
        }
      });
    });
    upstream.on('error', (error) => {
      if (!response.headersSent) response.writeHead(502).end(String(error));
    });
    upstream.once('close', over.resolve);
    upstream.end(body);
    return over.promise;
  }

  // moto's own calls come over connections that it keeps, and one that is closed while it asks is no answer of AWS's.
  server.keepAliveTimeout = 3_600_000;
  server.listen(options.port ?? 0, '127.0.0.1');
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

/** What gets in the way. A call whose answer is to be lost is carried out by what comes after, be it moto. */
function replyTo(call: AwsCall, interferences: Interference[]): ReturnType<Interference> {
  for (const [i, one] of interferences.entries()) {
    const reply = one(call);
    if (reply === null) continue;
    const losing = reply === 'lost' || (typeof reply === 'object' && 'afterwards' in reply);
    if (!losing) return reply;
    const done = replyTo(call, interferences.slice(i + 1));
    if (done === null) return reply;
    const after = reply === 'lost' ? async () => {} : reply.afterwards;
    return {
      isDone: true,
      async afterwards() {
        await done;
        await after();
      },
    };
  }
  return null;
}

function classify({ method = '', url = '', headers }: http.IncomingMessage, body: string): AwsCall {
  const scope = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '');
  const [, caller = '', region = '', service = ''] = scope ?? [];
  const target = headers['x-amz-target'];
  const form = /(?:^|&)Action=([A-Za-z]+)/.exec(body)?.[1];
  const cbor = /\/operation\/([A-Za-z]+)$/.exec(url)?.[1];
  const rest = `${method} ${url.split('?')[0]}`;
  const named = typeof target === 'string' ? target.split('.').at(-1) : (cbor ?? form);
  return { caller, service, region, action: named ?? rest, method, path: url, body };
}
