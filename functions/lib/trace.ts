import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { MiddlewareObj } from '@middy/core';
import type { FunctionName } from './environment.ts';
import { fieldsOf } from './fields.ts';

interface Environment {
  _X_AMZN_TRACE_ID?: string | undefined;
  AWS_XRAY_DAEMON_ADDRESS?: string | undefined;
}

/**
 * A subsegment of a run that X-Ray samples, with what a trace is searched by; of an error only its name, since messages
 * quote. One datagram to the daemon that Lambda has beside the function, and a run does not depend on it.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 */
export function traced(name: FunctionName, env: Environment = process.env): MiddlewareObj {
  let begun: { of: Trace; at: number } | null = null;
  const end = async (event: unknown, error: string | null) => {
    if (!begun) return;
    const { of, at } = begun;
    begun = null;
    const annotations = { ...annotationsOf(event), ...(error !== null && { error }) };
    const times = { start_time: at / 1_000, end_time: Date.now() / 1_000 };
    const id = randomBytes(8).toString('hex');
    const rest = { type: 'subsegment', trace_id: of.root, parent_id: of.parent, annotations };
    await send(env, { name, id, ...times, ...rest, ...(error !== null && { fault: true }) });
  };
  return {
    before() {
      const of = sampled(env);
      begun = of && { of, at: Date.now() };
    },
    after: ({ event }) => end(event, null),
    onError: ({ event, error }) => end(event, error instanceof Error ? error.name : 'Error'),
  };
}

interface Trace {
  root: string;
  parent: string;
}

/** `Root=1-…;Parent=…;Sampled=1`, anew for each run; null where this one is not sampled. */
function sampled({ _X_AMZN_TRACE_ID: header = '' }: Environment): Trace | null {
  const fields = new Map(
    header.split(';').map((field): [string, string] => {
      const [key = '', value = ''] = field.split('=');
      return [key.trim(), value];
    }),
  );
  const [root, parent] = [fields.get('Root'), fields.get('Parent')];
  return root && parent && fields.get('Sampled') === '1' ? { root, parent } : null;
}

/** A step's input names its incident; other events are searched by time. */
function annotationsOf(event: unknown): Record<string, string> {
  const { step, execution, input } = fieldsOf(event);
  const { service, incident, move } = fieldsOf(input);
  const all = Object.entries({ service, incident, move, step, execution });
  return Object.fromEntries(
    all.flatMap(([key, value]): [string, string][] => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

async function send({ AWS_XRAY_DAEMON_ADDRESS: address = '' }: Environment, segment: object): Promise<void> {
  // Also written as `tcp:HOST:PORT udp:HOST:PORT`.
  const [, host, port] = /(?:udp:|^)([\w.-]+):(\d+)$/.exec(address) ?? [];
  if (!host) return;
  const text = `{"format": "json", "version": 1}\n${JSON.stringify(segment)}`;
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => {
    socket.on('error', () => resolve());
    socket.send(text, Number(port), host, () => resolve());
  });
  socket.close();
}
