import { holdPort } from '../moto.ts';

export interface Addresses {
  /** For what stands before moto. */
  port: number;
  /** The first three bytes of 240 loopback addresses that no other rig on this machine has. */
  net: string;
  /** Lets go of the port, for whoever listens on it at once. */
  free(): Promise<void>;
}

/** Both by the port, which is held meanwhile: others look for free ones too, and moto takes seconds to start. */
export async function takeAddresses(): Promise<Addresses> {
  const { port, free } = await holdPort();
  return { port, net: `127.${port >> 8}.${port & 255}`, free };
}
