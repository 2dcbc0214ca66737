import { PortError, type PortErrorCode, portErrorCodes } from '@evac/core';
import { request } from 'undici';

const defaultTimeoutMs = 2_000;

/** Calls one method by its path, `fleet/describe`, with its one argument. */
export type Call = <Result>(path: string, argument?: unknown) => Promise<Result>;

/**
 * Calls over kept-alive connections to one RPC address. Rejects with the server's own PortError, or with
 * `unavailable` when there was no answer within `timeoutMs`, or none that can be understood.
 */
export function callsTo(url: string, timeoutMs = defaultTimeoutMs): Call {
  return async (path, argument) => {
    const target = `${url}/rpc/${path}`;
    const { status, text } = await exchange(target, argument);
    const value = parse(text);
    if (value === undefined) throw new PortError('unavailable', `${target} answered ${status} without JSON`);
    if (status === 200) return value;
    throw errorFrom(value) ?? new PortError('unavailable', `${target} answered ${status}`);
  };

  async function exchange(target: string, argument: unknown): Promise<{ status: number; text: string }> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const { statusCode, body } = await request(target, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: argument === undefined ? null : JSON.stringify(argument),
        signal,
      });
      return { status: statusCode, text: await body.text() };
    } catch (error) {
      const why = signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error);
      throw new PortError('unavailable', `${target} cannot be reached: ${why}`);
    }
  }
}

/** JSON as whatever the caller expects of it; undefined when it is none. */
function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorFrom(value: { code?: unknown; message?: unknown } | null): PortError | null {
  const code = portErrorCodes.find((known): known is PortErrorCode => known === value?.code);
  return code === undefined ? null : new PortError(code, String(value?.message));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
