import { generate } from 'selfsigned';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { askOnce, finding, httpAsk, target } from './testing/asking.ts';
import * as bad from './testing/misbehave.ts';
import { timeByTurns } from './testing/time-by-turns.ts';

timeByTurns();

const day = 24 * 3_600_000;

let server: bad.BadServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function certificate(name: string, endsInMs = 365 * day) {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    notBeforeDate: new Date(Date.now() - 10 * day),
    notAfterDate: new Date(Date.now() + endsInMs),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
  });
  return { key: made.private, cert: made.cert };
}

const tlsAsk = (timeoutMs = 30_000) => ({
  kind: 'tls' as const,
  timeoutMs,
  connection: 'fresh' as const,
  warnBeforeExpiryMs: 30 * day,
});

async function ask(endsInMs: number | undefined, serverName: string, trust = true) {
  const made = await certificate('api.example.com', endsInMs);
  server = await bad.serve(bad.reply(200), made);
  const address = { protocol: 'tls', serverName } as const;
  return askOnce(target(server.port, address), tlsAsk(), trust ? { ca: [made.cert] } : {});
}

describe('a certificate', () => {
  it('for this name, trusted, and in force for long is ok', async () => {
    // By turns it may take less than one.
    vi.useRealTimers();
    const outcome = await ask(undefined, 'api.example.com');
    expect(finding(outcome)).toBe('ok answered');
    expect(outcome.detail).toMatch(/^TLS in \d+ms, certificate until 20/);
    expect(outcome.timings?.connectMs).toBeGreaterThan(0);
    expect(outcome.warnings).toBeUndefined();
  });

  it('that ends soon is a warning, never a failure', async () => {
    const outcome = await ask(6 * day + 1_000, 'api.example.com');
    expect(finding(outcome)).toBe('ok answered');
    expect(outcome.warnings?.[0]).toMatch(/^the certificate ends in (6d|5d23h)/);
  });

  it('for another name fails', async () => {
    const outcome = await ask(undefined, 'other.example.com');
    expect(finding(outcome)).toBe('failed tls-failed');
    expect(outcome.detail).toContain("Host: other.example.com. is not in the cert's altnames");
  });

  it('that nobody trusts, or that has ended, fails', async () => {
    const untrusted = await ask(undefined, 'api.example.com', false);
    expect(finding(untrusted)).toBe('failed tls-failed');
    expect(untrusted.detail).toContain('SELF_SIGNED');
    await server?.close();
    const ended = await ask(-day, 'api.example.com');
    expect(finding(ended)).toBe('failed tls-failed');
    expect(ended.detail).toContain('CERT_HAS_EXPIRED');
  });
});

describe('a server that does not do TLS', () => {
  it.each([
    ['speaks plain HTTP', bad.reply(200), 'failed tls-failed'],
    ['resets', bad.reset, 'failed connection-reset'],
    ['closes', bad.closeSilently, 'failed connection-closed'],
  ])('%s', async (_, behaviour, expected) => {
    // The bytes of a handshake hold no empty line: answer whatever comes.
    server = await bad.serve(behaviour, undefined, 'any bytes');
    const outcome = await askOnce(target(server.port, { protocol: 'tls' }), tlsAsk());
    expect(finding(outcome)).toBe(expected);
  });

  it('never shakes hands', async () => {
    server = await bad.serve(bad.hang);
    const outcome = await askOnce(target(server.port, { protocol: 'tls' }), tlsAsk(300));
    expect(outcome).toMatchObject({ reason: 'tls-failed', detail: 'no TLS handshake within 300ms' });
    await expect.poll(() => server?.open(), { interval: 5 }).toBe(0);
  });

  it('refuses', async () => {
    const outcome = await askOnce(target(bad.refusedPort), tlsAsk());
    expect(finding(outcome)).toBe('failed connect-refused');
  });
});

describe('HTTP over TLS', () => {
  it('is asked under the server name, and warns of the certificate too', async () => {
    const made = await certificate('api.example.com', 2 * day);
    server = await bad.serve(bad.reply(200), made);
    const address = { protocol: 'https', serverName: 'api.example.com' } as const;
    const outcome = await askOnce(target(server.port, address), httpAsk(), { ca: [made.cert] });
    expect(finding(outcome)).toBe('ok answered');
    expect(outcome.warnings).toHaveLength(1);
    expect(server.requests[0]?.head).toContain('host: api.example.com\r\n');
  });

  it('fails with a wrong name before anything is asked', async () => {
    const made = await certificate('api.example.com');
    server = await bad.serve(bad.reply(200), made);
    const address = { protocol: 'https', serverName: 'other.example.com' } as const;
    const outcome = await askOnce(target(server.port, address), httpAsk(), { ca: [made.cert] });
    expect(finding(outcome)).toBe('failed tls-failed');
    expect(server.requests).toHaveLength(0);
  });
});
