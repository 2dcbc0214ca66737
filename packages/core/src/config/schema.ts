import { z } from 'zod';
import { moveNames } from '../move.ts';
import { presetNames } from '../settings.ts';
import { probeSchema, progressSchema } from './probe-schema.ts';
import { awsId, count, duration, factor, flag, known, must, object, oneOf, share, text } from './units.ts';

/**
 * The shape of evac.config.ts. What a schema cannot say (a timeout longer than its interval, a zone of another region)
 * is in the rules, so that one mistake of shape does not hide the others. Left-out settings are filled in by fill.ts.
 */

const zone = object(
  {
    /** As your account sees it, `us-west-2a`. */
    name: text('a zone such as "us-west-2a"'),
    /** The physical zone, `usw2-az1`: `aws ec2 describe-availability-zones` prints both. */
    id: text('a zone ID such as "usw2-az1"'),
  },
  'an object such as { name: "us-west-2a", id: "usw2-az1" }',
);

const region = object(
  {
    name: text('a region such as "us-west-2"'),
    /** Route 53 weight in normal times, 0 to 255; 0 is a standby. */
    weight: count(0, 255).optional(),
    /** Auto Scaling groups whose instances are the nodes. */
    groups: z.array(text("an Auto Scaling group's name"), must('a list of Auto Scaling group names')).min(1, {
      error: 'must name at least one Auto Scaling group',
    }),
    /** CloudWatch alarms of your own that make the service be judged at once. */
    alarms: z.array(text("a CloudWatch alarm's name"), must('a list of CloudWatch alarm names')).optional(),
    /** This region's own address, `https://llm.us-west-2.example.com`: never the name that failover moves. */
    endpoint: text('a URL such as "https://llm.us-west-2.example.com"'),
    zones: z
      .array(zone, must('a list of zones'))
      .min(1, { error: 'must list at least one zone, such as { name: "us-west-2a", id: "usw2-az1" }' }),
  },
  'an object with name, groups, endpoint and zones',
);

const timing = object(
  {
    interval: duration().optional(),
    timeout: duration().optional(),
    deepInterval: duration().optional(),
    deepTimeout: duration().optional(),
    fastInterval: duration().optional(),
    grace: duration(0).optional(),
    fresh: duration().optional(),
    noProgress: duration().optional(),
    recovery: duration().optional(),
  },
  'an object of durations',
);

const thresholds = object(
  {
    drainAfter: count(1, 100).optional(),
    replaceAfter: count(1, 100).optional(),
    healthyAfter: count(1, 100).optional(),
    zoneAlpha: share().optional(),
    zoneMinEffect: share().optional(),
    zoneMinVolume: count(1).optional(),
    zoneM: count(1, 100).optional(),
    zoneN: count(1, 100).optional(),
    zoneSlowFactor: factor(1).optional(),
    fleetShare: share().optional(),
  },
  'an object of counts and shares',
);

const limits = object(
  {
    maxShare: share().optional(),
    maxMovesPerHour: count(0, 1_000).optional(),
    breakerAfter: count(1, 100).optional(),
    cooldown: duration(0).optional(),
    cooldownGrowth: factor(1).optional(),
    capacityShare: share().optional(),
    failBackAfter: duration(0).optional(),
    approval: duration().optional(),
  },
  'an object of limits',
);

const mode = oneOf(['observe', 'approve', 'automatic']);

const policy = z.union(
  [mode, z.partialRecord(oneOf(moveNames), mode, known(moveNames, 'an object of moves and modes'))],
  must('"observe", "approve" or "automatic", for every move or one by one'),
);

const instant = must('a time with its offset, such as "2026-11-21T02:00:00Z"');
const time = z.iso.datetime({ offset: true, ...instant }).transform((iso) => Date.parse(iso));

const hostedZone = 'a hosted zone\'s id such as "Z0123456789ABCDEFGHIJ"';

const service = object(
  {
    /** The inference server; its defaults are in docs/config.md. */
    preset: oneOf(presetNames),
    /** The model id that every node must answer with; left out, any will do. */
    model: text('a model id such as "Qwen/Qwen3-8B"').optional(),
    /** Where the server listens; the preset knows its usual one. */
    port: count(1, 65_535).optional(),
    regions: z.array(region, must('a list of regions')).min(1, { error: 'must list at least one region' }),
    dns: object(
      {
        /** The name that clients resolve. */
        name: text('a DNS name such as "llm.example.com"'),
        control: oneOf(['switch', 'records']).optional(),
        ttl: duration(0).optional(),
        /** The public hosted zone that the name lies in: narrows what the functions may change, and spares a look-up. */
        zone: z
          .string(must(hostedZone))
          .regex(/^Z[A-Z0-9]+$/, must(hostedZone))
          .optional(),
        /** Whether deploying writes the name's records; else you attach the health checks to yours. */
        manage: flag().optional(),
      },
      'an object such as { name: "llm.example.com" }',
    ).optional(),
    revisionMustMatch: flag().optional(),
    shallow: probeSchema.optional(),
    /** `false` turns the generation off: then nothing sees a hang behind a healthy /health. */
    deep: z.union([z.literal(false), probeSchema], must('a probe, or false')).optional(),
    progress: z
      .union([z.literal(false), progressSchema], must('an object of metric names, or false'))
      .optional(),
    timing: timing.optional(),
    thresholds: thresholds.optional(),
    limits: limits.optional(),
    policy: policy.optional(),
    restartFirst: flag().optional(),
    retire: oneOf(['terminate', 'keep']).optional(),
    failBackStages: z
      .array(count(1, 100), must('a list of percentages such as [10, 50, 100]'))
      .min(1, must('a list of percentages such as [10, 50, 100]'))
      .optional(),
    maintenance: z
      .array(
        object({ from: time, to: time, reason: text('a reason') }, 'an object with from, to and reason'),
        must('a list of windows'),
      )
      .optional(),
  },
  'an object with a preset and regions',
);

const network = object(
  {
    vpc: awsId('vpc'),
    /** One in each zone that shall have a vantage of its own. */
    subnets: z.record(z.string(), awsId('subnet'), must('an object of subnets by zone')),
    /** Of these subnets, for a gateway endpoint to DynamoDB; left out where they have one. */
    routeTables: z
      .array(awsId('rtb'), must('a list of route tables'))
      .min(1, must('a list of route tables'))
      .optional(),
    /** Runs of a probe that share a zone's round. */
    shards: count(1, 100).optional(),
  },
  'an object with vpc and subnets',
);

export const schema = object(
  {
    /** URLs that answer whenever a vantage can see the world at all; at least two. */
    controls: z.array(text('a URL'), must('a list of URLs')),
    services: z.record(z.string(), service, must('an object of services by name')),
    /** Where in your network the zones' vantages stand, by region. */
    network: z.record(z.string(), network, must('an object of networks by region')).optional(),
    /** What restarts the server on a node, as a shell command run by root. */
    restartCommand: text('a shell command such as "systemctl restart vllm"').optional(),
    /** A bus of EventBridge in each region, where machines are told what people are told by SNS. */
    eventBus: text('the name of an event bus, such as "default"').optional(),
    /** On everything that is deployed. */
    tags: z.record(z.string(), text('a text'), must('an object of tags')).optional(),
  },
  'an object with controls and services',
);

/** What a person writes. */
export type Config = z.input<typeof schema>;
/** All of it, with its units read. */
export type ParsedConfig = z.output<typeof schema>;
/** One service of it. */
export type ParsedService = ParsedConfig['services'][string];
