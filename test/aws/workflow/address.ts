import { freePort } from '../moto.ts';

/** A port for what stands before moto, and 240 loopback addresses that no other rig on this machine has: both by the port. */
export async function takeAddresses(): Promise<{ port: number; net: string }> {
  const port = await freePort();
  return { port, net: `127.${port >> 8}.${port & 255}` };
}
