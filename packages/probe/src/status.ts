import type { StatusSeen } from '@evac/core';
import { quote } from './body.ts';
import { matches } from './pattern.ts';
import type { Headers } from './wire/head.ts';

/** Describes a status that is not the expected one. Throws PatternError. */
export function unexpectedStatus(
  seen: { status: number; headers: Headers; body: Buffer },
  expected: string,
  patterns: { overloadPattern: string | null; loadingPattern: string | null },
): StatusSeen {
  const { status, headers } = seen;
  const text = seen.body.toString('utf8');
  const is = (pattern: string | null) => status === 503 && pattern !== null && matches(pattern, text);
  const location = headers.get('location');
  const shown = location !== undefined && status < 400 ? ` to ${quote(location)}` : '';
  const said = text.trim() === '' || shown !== '' ? '' : ` ${quote(text.trim())}`;
  return {
    kind: 'status',
    status,
    retryAfter: headers.get('retry-after') ?? null,
    marker: is(patterns.overloadPattern) ? 'overload' : is(patterns.loadingPattern) ? 'loading' : null,
    detail: `status ${status}${shown}${said}, expected ${expected}`,
  };
}
