import type { HttpHandlerOptions } from '@smithy/types';
import type { ClientSettings } from '../clients.ts';
import { refusal, type SignedAnswer, SignedClient } from './signed-client.ts';

/** One call of https://docs.aws.amazon.com/arc-zonal-shift/latest/api/API_Operations.html */
interface ArcRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Its parts, unescaped. */
  path: string[];
  query?: Record<string, string>;
  body?: Record<string, string>;
}

/** ARC zonal shift, which has no package of the SDK in every registry: signed REST. */
export class ArcClient {
  readonly #client: SignedClient;

  constructor(settings: ClientSettings) {
    this.#client = new SignedClient(settings, 'arc-zonal-shift');
  }

  /** The answer's JSON. Rejects as the SDK does. */
  send({ method, path, query = {}, body }: ArcRequest, options: HttpHandlerOptions): Promise<unknown> {
    const request = {
      method,
      path: `/${path.map(encodeURIComponent).join('/')}`,
      query,
      contentType: 'application/json',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    return this.#client.send(request, options, read);
  }
}

function read({ status, headers, text }: SignedAnswer): unknown {
  const answer = parse(text);
  if (status < 300 && answer !== undefined) return answer;
  const fields = fieldsOf(answer);
  // The header may go on after a colon: ConflictException:http://internal.amazon.com/…
  const type = headers['x-amzn-errortype'] ?? String(fields.__type ?? 'Error');
  const name = type.split(':')[0]?.split('#').at(-1) ?? 'Error';
  const reason = fields.reason === undefined ? '' : ` (${fields.reason})`;
  throw refusal(status, name, `${fields.message ?? text.slice(0, 200)}${reason}`);
}

/** The fields of an answer's object; none, of anything else. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    return undefined;
  }
}
