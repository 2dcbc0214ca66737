import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';

/** Headers that belong to one connection, not to the message. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

export interface Forwarded {
  /** What the client got; null when it left before there was anything. */
  status: number | null;
  /** Whether it came from the target, and not from the balancer itself. */
  answered: boolean;
  /** To the first byte of the answer. */
  latencyMs: number;
}

/**
 * Passes one request to a target and its answer back, as it comes, at the pace of the slower side. Never rejects:
 * 502 when the target refuses or breaks off before it answers, 504 when it says nothing for `idleMs`; an answer that
 * breaks off is broken off here too. Resolves when the exchange is over. No retries, as an ALB has none.
 */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  to: { host: string; port: number; agent: http.Agent; idleMs: number },
): Promise<Forwarded> {
  const began = performance.now();
  return new Promise((resolve) => {
    const result: Forwarded = { status: null, answered: false, latencyMs: 0 };
    const onward = http.request({
      host: to.host,
      port: to.port,
      agent: to.agent,
      method: request.method,
      path: request.url,
      headers: onwardHeaders(request),
      timeout: to.idleMs,
    });
    const fail = (status: number) => {
      result.status = status;
      result.latencyMs = performance.now() - began;
      sendFailure(response, status);
    };
    onward.on('timeout', () => {
      if (response.headersSent) response.destroy();
      else fail(504);
      onward.destroy();
    });
    onward.on('error', () => {
      if (response.headersSent || response.destroyed) response.destroy();
      else fail(502);
    });
    onward.on('response', (answer) => {
      result.status = answer.statusCode ?? 502;
      result.answered = true;
      result.latencyMs = performance.now() - began;
      response.writeHead(result.status, endToEnd(answer.headers));
      response.flushHeaders();
      pipeline(answer, response, () => {});
    });
    // Whichever way it ended, the client's side closes last.
    response.once('close', () => {
      onward.destroy();
      if (result.status === null) result.latencyMs = performance.now() - began;
      resolve(result);
    });
    // Not a pipeline: that would close the client's connection before it got its 502.
    request.pipe(onward);
  });
}

/** The balancer's own answer, in its own words. */
export function sendFailure(response: ServerResponse, status: number): void {
  const text = `${status} ${http.STATUS_CODES[status]}`;
  response.writeHead(status, { 'content-type': 'text/html', server: 'awselb/2.0' });
  response.end(
    `<html><head><title>${text}</title></head><body><center><h1>${text}</h1></center></body></html>`,
  );
}

function onwardHeaders(request: IncomingMessage): http.OutgoingHttpHeaders {
  const { headers, socket } = request;
  const before = headers['x-forwarded-for'];
  const client = socket.remoteAddress ?? 'unknown';
  return {
    ...endToEnd(headers),
    'x-forwarded-for': before === undefined ? client : `${before}, ${client}`,
    'x-forwarded-proto': 'http',
    'x-amzn-trace-id': headers['x-amzn-trace-id'] ?? `Root=1-${crypto.randomUUID()}`,
    // A request without a length is passed on in chunks.
    ...(headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' }),
  };
}

function endToEnd(headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.includes(name)));
}
