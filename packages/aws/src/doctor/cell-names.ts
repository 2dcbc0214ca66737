import { moveNames, type RegionName, type ServiceSettings } from '@evac/core';
import type { Installation } from '@evac/core/config';

/** What the cell's functions are called, besides its probes: those of the machines' steps, and the others. */
const functions = [
  'fleet',
  'traffic',
  'restart',
  'prove',
  'record',
  'decide',
  'discover',
  'switch',
  'approve',
] as const;

export interface CellAsk {
  stage: string;
  region: RegionName;
  /** Where its zones' vantages stand, where they have any. */
  network: Installation['networks'][number] | undefined;
  /** Those of the config that run here. */
  services: readonly ServiceSettings[];
}

export type CellNames = ReturnType<typeof cellNames>;

/** The names of what `sst deploy` makes in a region (stacks/), as far as anything of it can be missing or turned off. */
export function cellNames({ stage, region, network, services }: CellAsk) {
  const prefix = `evac-${stage}-`;
  const named = (...parts: string[]) => prefix + parts.join('-');
  const zones = (network?.subnets ?? []).map(({ zone }) => named('probe', zone));
  const outside = named('probe', 'outside');
  const probes = [...zones, outside];
  const spans = spansOf(services);
  const batches = (probe: string, shards: number) =>
    Array.from({ length: Math.ceil((spans * shards) / entriesAtOnce) }, (_, i) => `${probe}-${i + 1}`);
  return {
    prefix,
    table: named('store'),
    functions: [...functions.map((name) => named(name)), ...probes],
    /** Those that a stream or a queue wakes. */
    mapped: [named('decide'), ...probes],
    machines: moveNames.map((move) => named(move)),
    /** A probe's are numbered: each sends some of the minute's messages. */
    schedules: [
      ...zones.flatMap((probe) => batches(probe, network?.shards ?? 1)),
      ...batches(outside, 1),
      named('decide'),
      named('discover'),
    ],
    rule: named('alarms'),
    topics: [named('info'), named('warning'), named('critical')],
    alarms: [
      ...services.flatMap((service) => serviceAlarms(service, region).map((alarm) => named(alarm))),
      ...[...probes, named('decide')].map((name) => `${name}-silent`),
      ...watching.map((alarm) => named(alarm)),
    ],
  };
}

/** A schedule sends as many messages (stacks/spans.ts). */
const entriesAtOnce = 10;

/** Into how many spans a minute is cut (functions/lib/probe/message.ts). */
function spansOf(services: readonly ServiceSettings[]): number {
  const smallest = Math.min(60_000, ...services.map(({ timing }) => timing.intervalMs));
  return Math.ceil(60 / Math.max(1, Math.floor(smallest / 1_000)));
}

/** About Evac itself. */
const watching = [
  'decide-errors',
  'decide-late',
  'throttles',
  'judgements',
  'trouble',
  'executions-failed',
  'executions-timedout',
  'executions-aborted',
  'dead-letters-waiting',
  'table-throttled',
  'table-errors',
];

function serviceAlarms({ name, deep, regions }: ServiceSettings, region: RegionName): string[] {
  const zones = regions.find((r) => r.region === region)?.zones ?? [];
  const perZone = ['impaired', 'success', 'nodes', ...(deep ? ['slow'] : [])];
  return [
    ...['down', 'healthy-share', 'saturated', 'breaker', 'vantages', 'region'].map(
      (what) => `${name}-${what}`,
    ),
    ...zones.flatMap((zone) => [
      `${name}-${zone.name}`,
      ...perZone.map((what) => `${name}-${zone.name}-${what}`),
    ]),
  ];
}
