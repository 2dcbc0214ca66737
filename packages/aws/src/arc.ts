import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpHandlerOptions, SdkError } from '@smithy/types';
import type { ClientSettings } from './clients.ts';

/** One call of https://docs.aws.amazon.com/arc-zonal-shift/latest/api/API_Operations.html */
interface ArcRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Its parts, unescaped. */
  path: string[];
  query?: Record<string, string>;
  body?: Record<string, string>;
}

/**
 * ARC zonal shift, which has no package of the SDK in every registry: signed REST, made and retried as the SDK's own
 * clients are.
 */
export class ArcClient {
  readonly #settings: ClientSettings;
  readonly #endpoint: URL;
  readonly #signer: SignatureV4;

  constructor(settings: ClientSettings) {
    const { region, credentials, endpoint } = settings;
    const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    this.#settings = settings;
    this.#endpoint = new URL(endpoint ?? `https://arc-zonal-shift.${region}.${domain}`);
    this.#signer = new SignatureV4({ service: 'arc-zonal-shift', region, credentials, sha256: Sha256 });
  }

  /** The answer's JSON. Rejects as the SDK does, with the error's name, and its HTTP status in `$metadata`. */
  async send(request: ArcRequest, options: HttpHandlerOptions): Promise<unknown> {
    const { retryStrategy, region } = this.#settings;
    let token = await retryStrategy.acquireInitialRetryToken(region);
    for (;;) {
      try {
        const answer = await this.#attempt(request, options);
        retryStrategy.recordSuccess(token);
        return answer;
      } catch (thrown) {
        const error: unknown = thrown instanceof Error ? thrown : new Error(String(thrown));
        if (!isError(error)) throw error;
        const errorType = isThrottlingError(error)
          ? 'THROTTLING'
          : isTransientError(error)
            ? 'TRANSIENT'
            : 'CLIENT_ERROR';
        token = await retryStrategy.refreshRetryTokenForRetry(token, { error, errorType }).catch(() => {
          throw error;
        });
      }
    }
  }

  async #attempt({ method, path, query = {}, body }: ArcRequest, options: HttpHandlerOptions) {
    const { protocol, hostname, port, host } = this.#endpoint;
    const unsigned = new HttpRequest({
      method,
      protocol,
      hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      path: `/${path.map(encodeURIComponent).join('/')}`,
      query,
      headers: { host, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const signed = new HttpRequest(await this.#signer.sign(unsigned));
    const { response } = await this.#settings.requestHandler.handle(signed, options);
    const status = response.statusCode;
    const text = await textOf(response.body);
    const answer = parse(text);
    if (status < 300 && answer !== undefined) return answer;
    throw refusal(status, response.headers['x-amzn-errortype'], answer, text);
  }
}

const isError = (thrown: unknown): thrown is SdkError => thrown instanceof Error;

function refusal(status: number, type: string | undefined, answer: unknown, text: string): Error {
  const fields = fieldsOf(answer);
  // The header may go on after a colon: ConflictException:http://internal.amazon.com/…
  const name = (type ?? String(fields.__type ?? 'Error')).split(':')[0]?.split('#').at(-1) ?? 'Error';
  const reason = fields.reason === undefined ? '' : ` (${fields.reason})`;
  const error = new Error(`${fields.message ?? text.slice(0, 200)}${reason}`);
  error.name = name;
  return Object.assign(error, { $metadata: { httpStatusCode: status } });
}

/** The fields of an answer's object; none, of anything else. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    return undefined;
  }
}
