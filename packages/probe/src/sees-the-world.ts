import { destinationOfUrl } from './wire/destination.ts';
import { startExchange } from './wire/exchange.ts';
import { writeRequest } from './wire/request.ts';

/** Answers as small as a status line are all that is wanted. */
const maxBodyBytes = 1_024;

/**
 * Whether this vantage can see the world at all: true as soon as one control answers with anything that is HTTP,
 * whatever its status, and where there are no controls. A vantage for which this is false has no evidence about anybody.
 * @param controls URLs that answer whenever this vantage's network works.
 */
export async function seesTheWorld(
  controls: string[],
  options: { timeoutMs: number; ca?: string[]; signal?: AbortSignal },
): Promise<boolean> {
  if (controls.length === 0) return true;
  const seen = new AbortController();
  const signal = options.signal === undefined ? seen.signal : AbortSignal.any([seen.signal, options.signal]);
  const answers = controls.map(async (control) => {
    if (!(await answersAtAll(control, options.timeoutMs, options.ca ?? null, signal)))
      throw new Error(control);
  });
  const any = await Promise.any(answers).then(
    () => true,
    () => false,
  );

  seen.abort();
  return any;
}

async function answersAtAll(
  control: string,
  deadlineMs: number,
  ca: string[] | null,
  signal: AbortSignal,
): Promise<boolean> {
  const url = URL.parse(control);
  if (url === null || !url.protocol.startsWith('http')) return false;
  const destination = destinationOfUrl(url);
  const request = writeRequest(
    { method: 'GET', path: url.pathname + url.search, headers: {}, body: null },
    destination,
  );
  if ('mistake' in request) return false;
  const { head } = await startExchange(
    { destination, request: request.text, toHead: false, deadlineMs, maxBodyBytes, pool: null, signal },
    { ca },
  ).result;
  return head !== null;
}
