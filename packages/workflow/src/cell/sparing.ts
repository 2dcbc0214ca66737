import type { Cell } from '../contract.ts';
import { remember } from './remember.ts';

/** While something is amiss a judgement is made of every batch, several in a second. */
const regionalMs = 2_000;
/** Five requests a second for a whole account, in all regions. */
const dnsMs = 5_000;

/**
 * The same cell, whose reads of AWS's control planes are shared by the judgements of some seconds, and whose health is written
 * once an interval while all is well. A judgement may stand on what is that old: Admit reads everything anew before anything is
 * done, and the record and the leases are never kept.
 */
export function sparing(cell: Cell): Cell {
  const { clock, ports, peers } = cell;
  const { fleet, balancer, zonalShift, dns } = ports;
  return {
    ...cell,
    folded: new Map(),
    ports: {
      ...ports,
      fleet: { ...fleet, describe: remember(fleet.describe, clock, regionalMs) },
      balancer: { ...balancer, health: remember(balancer.health, clock, regionalMs) },
      zonalShift: { ...zonalShift, list: remember(zonalShift.list, clock, regionalMs) },
      dns: { ...dns, records: remember(dns.records, clock, dnsMs) },
    },
    peers: peers.map(({ region, store }) => ({
      region,
      store: {
        readHealth: remember((ask) => store.readHealth(ask), clock, regionalMs),
        incidents: (ask) => store.incidents(ask),
      },
    })),
  };
}
