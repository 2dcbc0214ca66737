import { type Case, name, record, service } from '../case.ts';

export const namesCases: Case[] = [
  [
    'hosted-zone',
    'a name in no hosted zone',
    (world) => {
      Object.assign(name(world), {
        zoneProblem: 'no public hosted zone holds llm.test',
        records: null,
        checks: [],
      });
    },
    'no public hosted zone holds llm.test',
    'dns.zone',
  ],
  [
    'record-missing',
    'a region without a record',
    (world) => {
      name(world).records?.shift();
    },
    'no weighted record',
    'change-resource-record-sets',
  ],
  [
    'record-not-yet',
    'a record that deploying will write',
    (world) => {
      const { dns, name: of } = service(world);
      world.installation.names = [{ service: of, name: dns?.name ?? '', zone: 'Z1', manage: true }];
      name(world).records?.shift();
      for (const region of world.picture.regions) region.cell = { parts: [], observations: [], pauses: [] };
    },
    'no weighted record',
    /^deploy$/,
  ],
  [
    'record-ttl',
    'a record that clients keep for long',
    (world) => {
      record(world).ttlMs = 300_000;
    },
    'TTL 5m',
    'TTL 30',
  ],
  [
    'record-ttl',
    'an alias, whose TTL cannot be set',
    (world) => {
      record(world).ttlMs = null;
    },
    'an alias, whose TTL is 60s',
    'a CNAME with TTL 30',
  ],
  [
    'record-weight',
    'a region that has not its normal weight',
    (world) => {
      record(world).weight = 10;
    },
    'weight 10',
    'weight 100',
  ],
  [
    'weights-zero',
    'weights that are all 0',
    (world) => {
      for (const one of name(world).records ?? []) one.weight = 0;
    },
    'all weights are 0',
    'evac.config.ts',
  ],
  [
    'record-foreign',
    'a record that leads elsewhere',
    (world) => {
      name(world).records?.push({ ...record(world), region: null, identifier: 'old', check: null });
    },
    'weight 100, and leads to no region',
    'delete the record',
  ],
];
