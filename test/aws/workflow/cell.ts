import { createClients, createStore } from '@evac/aws';
import {
  type Clock,
  type RegionName,
  type ServiceSettings,
  type Store,
  type Vantage,
  vantageId,
} from '@evac/core';
import type { AwsProxy } from '../proxy.ts';
import { createTable } from '../table.ts';
import { credentials, type MotoRegion } from '../world.ts';
import { alarmFor } from './alarm.ts';
import { environmentOf, table } from './environment.ts';
import { createHost, type Host } from './host.ts';
import type { Interpreter } from './machines.ts';
import { createRounds, type Rounds } from './rounds.ts';
import { recordsOf } from './stream.ts';
import type { SharedTime } from './time.ts';

/** One region of a rig: what is deployed there, and what makes it run. */
export interface CellRig {
  region: MotoRegion;
  host: Host;
  machines: Interpreter;
  store: Store;
  endpoint: { close(): Promise<void> };
  gone: boolean;
  /** The probes look around, and their observations come to decide as the table's stream brings them, so many times. */
  look(events: readonly unknown[], deliveries: number): Promise<void>;
  close(): Promise<void>;
}

interface Around {
  motoUrl: string;
  proxy: AwsProxy;
  service: ServiceSettings;
  /** Of the settings' file. */
  settings: string;
  names: string;
  /** The functions. */
  bundle: string;
  functionMs: number;
  time: SharedTime;
  clock: Clock;
}

export async function createCellRig(
  region: MotoRegion,
  machines: Interpreter,
  endpoint: CellRig['endpoint'],
  { motoUrl, proxy, service, settings, names, bundle, functionMs, time, clock }: Around,
): Promise<CellRig> {
  const { name } = region;
  await createTable(region.clients, table);
  const vantages = vantagesIn(region);
  const env = {
    ...(await environmentOf(motoUrl, name)),
    AWS_ENDPOINT_URL: proxy.url,
    EVAC_SETTINGS: settings,
    EVAC_VANTAGES: JSON.stringify(vantages),
    EVAC_MACHINES: JSON.stringify(machines.arns),
  };
  const host = createHost({ region: name, time, names, bundle, functionMs, env });
  const probes = createClients({ region: name, endpoint: proxy.url, credentials: keysOf(name) });
  const rounds: Rounds = createRounds(probes, table, vantages, service, clock);
  await alarmFor(motoUrl, region, `arn:aws:lambda:${name}:123456789012:function:decide`);
  let streamed = 0;
  const cell: CellRig = {
    region,
    host,
    machines,
    store: createStore({ clients: region.clients, clock }, table),
    endpoint,
    gone: false,
    async look(events, deliveries) {
      await rounds.round().catch(() => undefined);
      const Records = recordsOf(proxy.calls.slice(streamed), name);
      streamed = proxy.calls.length;
      // What fails is delivered again, or the next minute's comes; a region may be lost in between.
      const deliver = (event: unknown) => host.invoke('decide', event).catch(() => undefined);
      for (const event of [{ Records }, ...events]) {
        await Promise.all(Array(deliveries).fill(event).map(deliver));
      }
    },
    async close() {
      machines.stop();
      await host.stop();
      rounds.close();
      probes.destroy();
      if (!cell.gone) await cell.endpoint.close();
      region.clients.destroy();
    },
  };
  return cell;
}

/** By which the proxy knows whose call it is. */
function keysOf(name: RegionName) {
  return { ...credentials, accessKeyId: `probe-${name}` };
}

function vantagesIn({ name, zones }: MotoRegion): Vantage[] {
  return [...zones.map((z) => z.name), null].map((zone) => ({
    id: vantageId(zone ? `in/${zone}` : `out/${name}`),
    region: name,
    zone,
    controls: [],
  }));
}
