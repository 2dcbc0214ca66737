import http from 'node:http';

/** One health check of one target: GET /health on a fresh connection; true for a 200 within `timeoutMs`. */
export function checkTarget(target: { host: string; port: number }, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get({
      host: target.host,
      port: target.port,
      path: '/health',
      agent: false,
      headers: { 'user-agent': 'ELB-HealthChecker/2.0' },
      signal: AbortSignal.timeout(Math.ceil(timeoutMs)),
    });
    request.on('response', (response) => {
      response.resume();
      response.once('close', () => resolve(response.complete && response.statusCode === 200));
    });
    request.on('error', () => resolve(false));
  });
}
