import {
  type CellNames,
  type CheckPicture,
  cellNames,
  type GroupPicture,
  type LoadBalancerPicture,
  type Part,
  type Picture,
  type RecordPicture,
  type RegionPicture,
  type TargetGroupPicture,
} from '@evac/aws/doctor';
import type { ServiceRegion, ServiceSettings } from '@evac/core';
import type { Installation } from '@evac/core/config';
import { now, settings } from '../../../../core/src/testing/snapshot.ts';

/** An account in which everything is as it should be, deployed; each test breaks what it is about. */
export interface World {
  picture: Picture;
  services: ServiceSettings[];
  installation: Installation;
  now: number;
}

export function goodWorld(): World {
  const service = structuredClone(
    settings({ deep: { kind: 'tcp', timeoutMs: 20_000, connection: 'fresh' } }),
  );
  const services = [service];
  const installation: Installation = {
    networks: service.regions.map(networkOf),
    names: [],
    alarms: [{ service: service.name, region: first(service.regions).region, name: 'gpu-errors' }],
    restartCommand: null,
    eventBus: 'incidents',
    tags: {},
  };
  const picture: Picture = {
    stage: 'production',
    clock: { region: first(service.regions).region, here: now, there: now + 400 },
    regions: service.regions.map((here) => regionOf(service, here)),
    names: [
      {
        service: service.name,
        name: 'llm.test',
        zoneProblem: null,
        records: service.regions.map(recordOf),
        checks: service.regions.map(checkOf),
      },
    ],
    gaps: [],
  };
  first(picture.regions).alarms?.push({ name: 'gpu-errors', ...calm });
  return { picture, services, installation, now };
}

function networkOf({ region, zones }: ServiceRegion): Installation['networks'][number] {
  const subnets = zones.map(({ name }) => ({ zone: name, subnet: `subnet-${name}` }));
  return { region, vpc: 'vpc-1', subnets, routeTables: [], shards: 1 };
}

const calm = { state: 'OK', actionsEnabled: true, suppressedBy: null };

function regionOf(service: ServiceSettings, here: ServiceRegion): RegionPicture {
  const { region, zones } = here;
  const network = networkOf(here);
  const names = cellNames({ stage: 'production', region, network, services: [service] });
  const arn = `arn:aws:elasticloadbalancing:${region}:123456789012`;
  const instances = zones.flatMap(({ name }) =>
    [1, 2].map((n) => ({ id: `i-${name}-${n}`, zone: name, inService: true })),
  );
  const group: GroupPicture = {
    name: 'llm',
    beingDeleted: false,
    min: 3,
    max: 12,
    desired: 6,
    zones: zones.map(({ name }) => name),
    subnets: zones.map(({ name }) => `subnet-${name}`),
    healthChecks: ['EC2'],
    graceMs: 0,
    suspended: [],
    targetGroups: [`${arn}:targetgroup/llm/1`],
    zonalShift: null,
    instances,
    types: ['g5.xlarge'],
    spot: false,
  };
  const targetGroup: TargetGroupPicture = {
    arn: `${arn}:targetgroup/llm/1`,
    name: 'llm',
    port: 8_000,
    loadBalancers: [`${arn}:loadbalancer/app/llm/2`],
    deregistrationMs: 60_000,
    targets: instances.map(({ id }) => ({ id, state: 'healthy' })),
  };
  const loadBalancer: LoadBalancerPicture = {
    arn: `${arn}:loadbalancer/app/llm/2`,
    name: 'llm',
    type: 'application',
    internal: false,
    state: 'active',
    dnsName: `llm-2.${region}.elb.amazonaws.com`,
    zones: zones.map(({ name }) => name),
    shiftable: true,
    shifts: [],
  };
  return {
    region,
    answers: true,
    zones: Object.fromEntries(zones.map(({ name, id }) => [name, id])),
    groups: [group],
    targetGroups: [targetGroup],
    loadBalancers: [loadBalancer],
    subnets: zones.map(({ name }) => ({ id: `subnet-${name}`, zone: name, free: 100 })),
    vcpus: { 'g5.xlarge': 4 },
    running: [{ type: 'g5.xlarge', spot: false, count: 6 }],
    quotas: [
      { name: 'Running On-Demand G and VT instances', code: 'L-DB2E81BA', value: 100 },
      { name: 'All G and VT Spot Instance Requests', code: 'L-3819A6DF', value: 100 },
    ],
    limits: { 'targets-per-target-group': 1_000, 'targets-per-application-load-balancer': 1_000 },
    alarms: names.alarms.map((name) => ({ name, ...calm })),
    mutes: [],
    eventBus: 'there',
    runsAtOnce: 1_000,
    cell: {
      parts: partsOf(names),
      observations: [
        {
          service: service.name,
          vantages: [...zones.map(({ name }) => `in/${name}`), `out/${region}`].map((vantage) => ({
            vantage,
            at: now - 3_000,
          })),
        },
      ],
      pauses: [],
    },
  };
}

function partsOf(names: CellNames): Part[] {
  const all = (kind: Part['kind'], state: string, of: readonly string[]): Part[] =>
    of.map((name) => ({ kind, name, state }));
  return [
    ...all('table', 'ACTIVE', [names.table]),
    ...all('stream', 'ENABLED', [names.table]),
    ...all('protection', 'ENABLED', [names.table]),
    ...all('ttl', 'ENABLED', [names.table]),
    ...all('backups', 'ENABLED', [names.table]),
    ...all('function', 'Active', names.functions),
    ...all('mapping', 'Enabled', names.mapped),
    ...all('machine', 'ACTIVE', names.machines),
    ...all('schedule', 'ENABLED', names.schedules),
    ...all('rule', 'ENABLED', [names.rule]),
    ...all('topic', '1', names.topics),
  ];
}

function recordOf({ region, weight }: ServiceRegion): RecordPicture {
  return { region, identifier: region, type: 'CNAME', weight, ttlMs: 30_000, check: `check-${region}` };
}

function checkOf({ region }: ServiceRegion): CheckPicture {
  return {
    id: `check-${region}`,
    absent: false,
    type: 'HTTPS',
    inverted: true,
    disabled: false,
    path: `/llm/${region}`,
    intervalMs: 10_000,
    failures: 2,
    children: [],
    threshold: 0,
    success: 0,
  };
}

export function first<T>(all: readonly T[] | null | undefined): T {
  const [one] = all ?? [];
  if (one === undefined) throw new Error('there is none');
  return one;
}
