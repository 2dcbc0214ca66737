import { parseXML } from '@aws-sdk/xml-builder';
import type { HttpHandlerOptions } from '@smithy/types';
import type { ClientSettings, Clients } from '../clients.ts';
import { refusal, type SignedAnswer, SignedClient } from './signed-client.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html */
const version = '2016-11-15';

/** What an element of an answer holds: its text, or its elements by name. */
export type Ec2Element = Record<string, unknown>;

/**
 * EC2's query protocol, for what only EC2 can answer. The SDK's client of EC2 is 560 KB, more
 * than everything else that a function carries.
 */
export class Ec2Client {
  readonly #client: SignedClient;

  constructor(settings: ClientSettings) {
    this.#client = new SignedClient(settings, 'ec2');
  }

  /** Every page's elements of the list that the answer has under `list`. Rejects as the SDK does. */
  async describe(
    action: `Describe${string}`,
    parameters: Record<string, string>,
    list: string,
    options: HttpHandlerOptions,
  ): Promise<Ec2Element[]> {
    const found: Ec2Element[] = [];
    let next = '';
    do {
      const body = new URLSearchParams({
        Action: action,
        Version: version,
        ...parameters,
        ...(next === '' ? {} : { NextToken: next }),
      });
      const request = {
        method: 'POST',
        path: '/',
        contentType: 'application/x-www-form-urlencoded',
        body: body.toString(),
      };
      const page = await this.#client.send(request, options, (answer) => read(answer, `${action}Response`));
      found.push(...itemsOf(page[list]));
      next = textOf(page.nextToken);
    } while (next !== '');
    return found;
  }
}

/** {@link Ec2Client.describe}, within the time that the clients' owner has. Rejects as `call` does. */
export function describeEc2(
  clients: Clients,
  action: `Describe${string}`,
  asked: Record<string, string>,
  list: string,
): Promise<Ec2Element[]> {
  return clients.call(action, (options) => clients.get(Ec2Client).describe(action, asked, list, options));
}

/** `Filter.1.Name=…&Filter.1.Value.1=…`, as EC2 numbers lists. */
export function filters(...named: { name: string; values: readonly string[] }[]): Record<string, string> {
  return Object.fromEntries(
    named.flatMap(({ name, values }, i) => [
      [`Filter.${i + 1}.Name`, name],
      ...values.map((value, v) => [`Filter.${i + 1}.Value.${v + 1}`, value]),
    ]),
  );
}

/** The elements of a list, which has one `item` for each; none of an empty one. */
export function itemsOf(list: unknown): Ec2Element[] {
  const item = fieldsOf(list).item;
  const items: unknown[] = Array.isArray(item) ? item : [item];
  return items.flatMap((one) => (isElement(one) ? [one] : []));
}

/** An element's text; empty where it is not there. */
export function textOf(element: unknown): string {
  return typeof element === 'string' ? element : '';
}

export function fieldsOf(element: unknown): Ec2Element {
  return isElement(element) ? element : {};
}

function isElement(value: unknown): value is Ec2Element {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function read({ status, text }: SignedAnswer, expected: string): Ec2Element {
  const answer = parse(text);
  if (status < 300) {
    if (answer[expected] !== undefined) return fieldsOf(answer[expected]);
    throw refusal(status, 'Unreadable', `no ${expected} in ${text.slice(0, 200)}`);
  }
  // EC2's own form, and that of a gateway in front of it.
  const errors = fieldsOf(fieldsOf(answer.Response).Errors);
  const error = fieldsOf(errors.Error ?? fieldsOf(answer.ErrorResponse).Error);
  throw refusal(status, textOf(error.Code) || 'Error', textOf(error.Message) || text.slice(0, 200));
}

function parse(text: string): Ec2Element {
  try {
    return fieldsOf(parseXML(text));
  } catch {
    return {};
  }
}
