import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpHandlerOptions, SdkError } from '@smithy/types';
import type { ClientSettings } from '../clients.ts';

export interface SignedRequest {
  method: string;
  /** Escaped, from the root. */
  path: string;
  query?: Record<string, string>;
  contentType: string;
  body?: string;
}

export interface SignedAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/**
 * A service of AWS without its client of the SDK: one has none in every registry, another's is 560 KB. Signed, made and
 * retried as the SDK's own clients are.
 */
export class SignedClient {
  readonly #settings: ClientSettings;
  readonly #endpoint: URL;
  readonly #signer: SignatureV4;

  /** `service` is its name in the signature and in its address. */
  constructor(settings: ClientSettings, service: string) {
    const { region, credentials, endpoint } = settings;
    const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    this.#settings = settings;
    // The SDK's own clients read the variable by themselves.
    const asked = endpoint ?? process.env.AWS_ENDPOINT_URL;
    this.#endpoint = new URL(asked ?? `https://${service}.${region}.${domain}`);
    this.#signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  }

  /** What `read` makes of the answer. Rejects with what it throws, as the SDK does: see {@link refusal}. */
  async send<Answer>(
    request: SignedRequest,
    options: HttpHandlerOptions,
    read: (answer: SignedAnswer) => Answer,
  ): Promise<Answer> {
    const { retryStrategy, region } = this.#settings;
    let token = await retryStrategy.acquireInitialRetryToken(region);
    for (;;) {
      try {
        const answer = read(await this.#attempt(request, options));
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

  async #attempt(request: SignedRequest, options: HttpHandlerOptions): Promise<SignedAnswer> {
    const { method, path, query = {}, contentType, body } = request;
    const { protocol, hostname, port, host } = this.#endpoint;
    const unsigned = new HttpRequest({
      method,
      protocol,
      hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      path,
      query,
      headers: { host, 'content-type': contentType },
      ...(body === undefined ? {} : { body }),
    });
    const signed = new HttpRequest(await this.#signer.sign(unsigned));
    const { response } = await this.#settings.requestHandler.handle(signed, options);
    return {
      status: response.statusCode,
      headers: response.headers,
      text: await textOf(response.body),
    };
  }
}

/** An answer that is no success, as the SDK throws it: the error's name, and its HTTP status in `$metadata`. */
export function refusal(status: number, name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return Object.assign(error, { $metadata: { httpStatusCode: status } });
}

const isError = (thrown: unknown): thrown is SdkError => thrown instanceof Error;

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
