import http from 'node:http';

/** GET on a fresh connection, as a health checker does it: the status, or null if no whole answer came in time. */
export function statusOf(
  at: { host: string; port: number; path: string; userAgent: string },
  timeoutMs: number,
): Promise<number | null> {
  return new Promise((resolve) => {
    const request = http.get({
      host: at.host,
      port: at.port,
      path: at.path,
      agent: false,
      headers: { 'user-agent': at.userAgent },
      signal: AbortSignal.timeout(Math.ceil(timeoutMs)),
    });
    request.on('response', (response) => {
      response.resume();
      response.once('close', () => resolve(response.complete ? (response.statusCode ?? null) : null));
    });
    request.on('error', () => resolve(null));
  });
}
