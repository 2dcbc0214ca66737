import { moveNames, type RegionName, type ServiceSettings, type ZoneName } from '@evac/core';

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
  /** Zones that have a vantage of their own. */
  vantages: readonly ZoneName[];
  services: readonly ServiceSettings[];
}

export type CellNames = ReturnType<typeof cellNames>;

/** The names of what `sst deploy` makes in a region (stacks/), as far as anything of it can be missing or turned off. */
export function cellNames({ stage, region, vantages, services }: CellAsk) {
  const prefix = `evac-${stage}-`;
  const named = (...parts: string[]) => prefix + parts.join('-');
  const probes = [...vantages, 'outside'].map((zone) => named('probe', zone));
  return {
    prefix,
    table: named('store'),
    functions: [...functions.map((name) => named(name)), ...probes],
    /** Those that a stream or a queue wakes. */
    mapped: [named('decide'), ...probes],
    machines: moveNames.map((move) => named(move)),
    /** A probe's are numbered: `…-outside-1`. */
    schedules: [...probes, named('decide'), named('discover')],
    rule: named('alarms'),
    topics: [named('info'), named('warning'), named('critical')],
    alarms: [
      ...services.flatMap((service) => serviceAlarms(service, region).map((alarm) => named(alarm))),
      ...[...probes, named('decide')].map((name) => `${name}-silent`),
      ...watching.map((alarm) => named(alarm)),
    ],
  };
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
