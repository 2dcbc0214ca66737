import { moveNames, regionName, vantageId, zoneName } from '@evac/core';
import { faultCatalog } from '@evac/sim';
import { z } from 'zod';

/** The shape of a scene's JSON: see contract.ts for what it means. */

const name = z.string().min(1);
const region = name.transform(regionName);
const zone = name.transform(zoneName);
const vantage = name.transform(vantageId);
const whole = z.int().min(0);
const share = z.number().min(0).max(1);

const at = { at: whole };
const lasting = { ...at, forMs: z.int().min(1) };
const ports = [
  'fleet',
  'balancer',
  'zonalShift',
  'restart',
  'dns',
  'switch',
  'store',
  'notify',
  '*',
] as const;

const trouble = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fault'),
    name: z.enum(faultCatalog.map((fault) => fault.name)),
    target: name,
    ...lasting,
  }),
  z.strictObject({ kind: z.literal('capacity'), zone, left: whole, ...lasting }),
  z.strictObject({
    kind: z.literal('probe'),
    vantage,
    what: z.enum(['killed', 'skipped', 'late', 'doubled']),
    ...lasting,
  }),
  z.strictObject({ kind: z.literal('cut-off'), vantage, from: zone, ...lasting }),
  z.strictObject({ kind: z.literal('blind'), vantage, ...lasting }),
  z.strictObject({
    kind: z.literal('port'),
    region,
    port: z.enum(ports),
    what: z.enum(['throttled', 'slow', 'gone', 'stale', 'lost', 'contention']),
    share,
    ...lasting,
  }),
  z.strictObject({
    kind: z.literal('kill'),
    what: z.enum(['step', 'judge']),
    step: z.literal('launch').exactOptional(),
    region,
    call: z.int().min(1),
    after: z.boolean(),
    ...at,
  }),
  z.strictObject({ kind: z.literal('abort'), region, ...at }),
  z.strictObject({
    kind: z.literal('straggler'),
    region,
    write: z.enum(['any', 'intent']),
    lateMs: z.int().min(1),
    ...at,
  }),
  z.strictObject({ kind: z.literal('alarm'), region, times: z.int().min(1), ...at }),
  z.strictObject({ kind: z.literal('pause'), region, move: z.enum(moveNames).nullable(), ...lasting }),
  z.strictObject({ kind: z.literal('answer'), region, granted: z.boolean(), ...at }),
  z.strictObject({ kind: z.literal('reset-breaker'), region, ...at }),
  z.strictObject({
    kind: z.literal('request'),
    region,
    verb: z.enum(['recover', 'force']),
    move: z.enum(moveNames),
    target: name,
    ...at,
  }),
]);

const world = z.strictObject({
  regions: z
    .array(
      z.strictObject({
        name: region,
        weight: z.int().min(0).max(255),
        zones: z.array(z.strictObject({ name: zone, id: name })).min(1),
        nodesPerZone: z.int().min(1),
        max: z.int().min(1),
      }),
    )
    .min(1),
  service: z.record(z.string(), z.unknown()),
  rate: z.number().min(0),
  bootMs: whole,
  loadMs: whole,
  latencyMs: whole,
  skewMs: z.record(z.string(), z.int()),
});

export const sceneSchema = z.strictObject({ seed: z.int(), world, troubles: z.array(trouble) });
