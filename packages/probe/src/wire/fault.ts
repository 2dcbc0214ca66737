import type { Raw, Reason } from '@evac/core';

/** Why an exchange has no complete answer. */
export type Fault = Extract<Raw, { kind: 'fault' | 'nothing' | 'mistake' }>;

/** How far an exchange has come; what a deadline or an error means depends on it. */
export type Phase = 'lookup' | 'connect' | 'handshake' | 'headers' | 'body';

export function fault(reason: Reason<'failed'>, detail: string): Fault {
  return { kind: 'fault', reason, detail };
}

const codes: Record<string, Reason<'failed'>> = {
  ENOTFOUND: 'name-not-resolved',
  EAI_AGAIN: 'name-not-resolved',
  EAI_FAIL: 'name-not-resolved',
  EAI_NODATA: 'name-not-resolved',
  EAI_NONAME: 'name-not-resolved',
  ECONNREFUSED: 'connect-refused',
  // Nobody answers at that address, and the network says so before our deadline does.
  ETIMEDOUT: 'connect-timeout',
  EHOSTUNREACH: 'connect-timeout',
  EHOSTDOWN: 'connect-timeout',
  ECONNRESET: 'connection-reset',
  EPIPE: 'connection-reset',
  ECONNABORTED: 'connection-reset',
  EPROTO: 'tls-failed',
};

/** Our own lack of descriptors, ports, memory, rights or routes says nothing about the target. */
const ours = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
  'ENETUNREACH',
  'ENETDOWN',
]);

/** The reason of a socket's error. Codes are those of libuv (uv-errno.h) and of Node's TLS. */
export function faultOfError(error: Error, phase: Phase): Fault {
  const code = codeOf(error);
  if (ours.has(code)) {
    return {
      kind: 'nothing',
      reason: 'vantage-blind',
      detail: `this vantage could not open a connection: ${code}`,
    };
  }
  const reason = codes[code];
  if (reason === 'connection-reset' && phase === 'handshake' && /disconnected/.test(error.message)) {
    return fault('connection-closed', 'closed during the TLS handshake');
  }
  if (reason !== undefined) return fault(reason, `${sayings[reason] ?? reason} (${code})`);
  if (phase === 'handshake' || /^ERR_(SSL|TLS)/.test(code)) {
    return fault('tls-failed', `TLS failed: ${error.message} (${code})`);
  }
  return fault(otherwise[phase], `${error.message} (${code})`);
}

const sayings: Partial<Record<Reason<'failed'>, string>> = {
  'name-not-resolved': 'the name does not resolve',
  'connect-refused': 'connection refused',
  'connect-timeout': 'nobody answers at this address',
  'connection-reset': 'connection reset',
  'tls-failed': 'TLS failed',
};

/** For a code that this file does not know. */
const otherwise: Record<Phase, Reason<'failed'>> = {
  lookup: 'name-not-resolved',
  connect: 'connect-refused',
  handshake: 'tls-failed',
  headers: 'connection-reset',
  body: 'connection-reset',
};

/** Node tries several addresses of a name and then rejects with all of their errors. */
function codeOf(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (first instanceof Error && 'code' in first && typeof first.code === 'string') return first.code;
  return 'code' in error && typeof error.code === 'string' ? error.code : 'no code';
}

/** What it means that `phase` was not over after `ms`. */
export function faultOfDeadline(phase: Phase, ms: number): Fault {
  const within = `within ${Math.round(ms)}ms`;
  switch (phase) {
    case 'lookup':
      return fault('name-not-resolved', `the resolver did not answer ${within}`);
    case 'connect':
      return fault('connect-timeout', `no connection ${within}`);
    case 'handshake':
      return fault('tls-failed', `no TLS handshake ${within}`);
    case 'headers':
      return fault('headers-timeout', `connected, but no complete response headers ${within}`);
    case 'body':
      return fault('body-timeout', `the response had not ended ${within}`);
  }
}

/** What it means that the other side closed in `phase`, with the answer still incomplete. */
export function faultOfClose(phase: Phase): Fault {
  const when = phase === 'body' ? 'in the middle of the body' : 'before the response headers were complete';
  return fault('connection-closed', `the server closed the connection ${when}`);
}
