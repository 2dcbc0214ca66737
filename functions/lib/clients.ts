import { type ClientOptions, type Clients, createClients } from '@evac/aws';

/** How clients are made; a test asks a local server instead. */
export type MakeClients = (options: ClientOptions) => Clients;

/** Clients that outlive a run, whose every call ends with the run it was made in. */
export interface BoundClients {
  clients: Clients;
  /** What is asked from now on ends in `ms` at the latest. */
  endIn(ms: number): void;
}

export function boundClients(options: ClientOptions, make: MakeClients = createClients): BoundClients {
  const made = make(options);
  let current = made;
  return {
    clients: { ...made, call: (what, send, limitMs) => current.call(what, send, limitMs) },
    endIn(ms) {
      current = made.until(AbortSignal.timeout(Math.max(0, ms)));
    },
  };
}
