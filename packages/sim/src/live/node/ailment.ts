/** What can be wrong with one inference server. The server consults these; nobody tells it more. */
export type Ailment =
  | 'crashed'
  | 'isolated'
  | 'hung'
  | 'stalling'
  | 'garbled'
  | 'gpu-error'
  | 'overloaded'
  | 'reloading'
  | 'starved'
  | 'grey'
  | 'far'
  | 'unprobeable'
  | 'misreleased';

/** What lies in the server's process and not in its machine, its network or its release: a new process is free of it. */
export const processAilments: ReadonlySet<Ailment> = new Set<Ailment>(['crashed', 'hung', 'stalling']);

/** How an ailing machine's pace differs: delays at scale 1, a factor on everything the engine does. */
export function paceOf(ailing: ReadonlySet<Ailment>): { delayMs: number; slowness: number } {
  // A starved process answers even /health later than any sensible probe waits.
  if (ailing.has('starved')) return { delayMs: 4_000, slowness: 25 };
  if (ailing.has('far')) return { delayMs: 250, slowness: 6 };
  return { delayMs: 0, slowness: 1 };
}
