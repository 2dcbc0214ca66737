import type { CloudPorts } from '@evac/core';
import type { Call } from '../contract.ts';

export type Ended = { result: unknown } | { error: unknown };

type Method<P extends keyof CloudPorts> = keyof CloudPorts[P] & string;
type Ask<P extends keyof CloudPorts, M extends Method<P>> = CloudPorts[P][M] extends (
  ...args: infer A
) => unknown
  ? A[0]
  : never;
type Answer<P extends keyof CloudPorts, M extends Method<P>> = CloudPorts[P][M] extends (
  ...args: never[]
) => Promise<infer R>
  ? R
  : never;
type CallOf<P extends keyof CloudPorts, M extends Method<P>> = Call & {
  port: P;
  method: M;
  ask: Ask<P, M>;
};

/** True if this is a call of that method: what it asks is known then. */
export function isCall<P extends keyof CloudPorts, M extends Method<P>>(
  call: Call,
  port: P,
  method: M,
): call is CallOf<P, M> {
  return call.port === port && call.method === method;
}

/** True if the call took effect; `call` says what the answer is. */
export function succeeded<P extends keyof CloudPorts, M extends Method<P>>(
  ended: Ended,
  _call: CallOf<P, M>,
): ended is { result: Answer<P, M> } {
  return 'result' in ended;
}

const acts: { readonly [P in keyof CloudPorts]?: ReadonlySet<string> } = {
  fleet: new Set(['launch', 'terminate', 'keep', 'suspend', 'resume', 'setZones', 'setDesired']),
  balancer: new Set(['register', 'deregister']),
  zonalShift: new Set(['start', 'extend', 'cancel']),
  dns: new Set(['setWeights']),
  switch: new Set(['write']),
  restart: new Set(['restart']),
};

/** True for what changes the world, and not only what Evac knows of it. */
export function isAct(call: Call): boolean {
  return acts[call.port]?.has(call.method) ?? false;
}
