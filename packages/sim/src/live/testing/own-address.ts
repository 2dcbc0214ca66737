import { haveLoopbackAliases, localhost } from '../addresses.ts';

/**
 * A loopback address that only this process takes ports of, where there is more than one: a port that a server lets go of is
 * nobody else's until it comes back to it.
 */
export const ownAddress = (await haveLoopbackAliases())
  ? `127.100.${(process.pid >> 8) & 0xff}.${process.pid & 0xff || 255}`
  : localhost;
