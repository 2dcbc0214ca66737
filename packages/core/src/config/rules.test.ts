import { describe, expect, it } from 'vitest';
import { type Config, problemSentence, resolveConfig } from './index.ts';
import { goodConfig, goodRegion, goodService } from './testing/good.ts';

type Service = Config['services'][string];

const now = Date.parse('2026-11-21T12:00:00Z');
const west = goodRegion('us-west-2', 'usw2');
const east = goodRegion('us-east-1', 'use1');

function said(config: Config): string[] {
  return resolveConfig(config, { now }).problems.map(
    (problem) => `${problem.severity}: ${problemSentence(problem)}`,
  );
}

/** One bad config a rule, with all that is said of it. */
function badService(title: string, change: Partial<Service>, ...sentences: string[]) {
  it(title, () => {
    expect(said(goodConfig(change))).toEqual(sentences);
  });
}

it('says nothing of a good config', () => {
  expect(said(goodConfig())).toEqual([]);
});

describe('timing', () => {
  badService(
    'a timeout longer than its interval',
    { timing: { timeout: '10s' } },
    'error: services.llm.timing.timeout "10s" is longer than its interval, 5s: the next round would begin before this one has ended; 5s or less would be right, or an interval of 10s or more',
  );
  badService(
    "an interval shorter than the preset's timeout",
    { timing: { interval: '2s' } },
    'error: services.llm.timing.timeout "3s" is longer than its interval, 2s: the next round would begin before this one has ended; 2s or less would be right, or an interval of 3s or more (it is a default)',
  );
  badService(
    'a deep timeout longer than its interval',
    { timing: { deepTimeout: '40s' } },
    'error: services.llm.timing.deepTimeout "40s" is longer than its interval (deepInterval), 30s: two generations would wait for one node; 30s or less would be right, or a deepInterval of 40s or more',
  );
  badService(
    'a confirmation slower than the next round',
    { timing: { fastInterval: '6s' } },
    'error: services.llm.timing.fastInterval "6s" is longer than the interval, 5s: a failure would be confirmed later than by the next round; 5s or less would be right',
  );
  badService(
    'a deep probe more often than the shallow one',
    { timing: { interval: '40s', timeout: '3s', recovery: '10m' } },
    'warning: services.llm.timing.deepInterval "30s" is shorter than the interval, 40s: the expensive question would be asked more often than the cheap one; 40s or more would be right (it is a default)',
  );
  badService(
    'freshness shorter than the interval',
    { timing: { fresh: '4s' } },
    'error: services.llm.timing.fresh "4s" is shorter than the interval, 5s: everything would be unknown between two rounds; 15s would be right',
  );
  badService(
    'freshness that one hanging target exceeds',
    { timing: { fresh: '6s' } },
    'warning: services.llm.timing.fresh "6s" is shorter than the interval and the timeout together, 8s: one hanging target delays its round, and all the others would be unknown meanwhile; 8s or more would be right',
  );
  badService(
    'a hang called before a generation could show otherwise',
    { timing: { noProgress: '20s' } },
    'error: services.llm.timing.noProgress "20s" is shorter than deepInterval, 30s: a long prefill would be called a hang before one generation could show otherwise; 30s or more would be right',
  );
  badService(
    "a grace shorter than the preset's load time",
    { timing: { grace: '60s' } },
    'warning: services.llm.timing.grace "60s" is shorter than a large model takes to load on vllm, 20m: a node that is still loading would be replaced, and so would its replacement; 20m or more would be right, or less if you have measured that yours loads sooner',
  );
  badService(
    'a first token later than the whole generation',
    { deep: { kind: 'openai-stream', firstToken: '25s', longestGap: '21s' } },
    'error: services.llm.deep.firstToken "25s" is longer than deepTimeout, 20s, so it can never be reached; 20s or less would be right',
    'error: services.llm.deep.longestGap "21s" is longer than deepTimeout, 20s, so it can never be reached; 20s or less would be right',
  );
});

describe('the stated recovery time', () => {
  badService(
    'is shorter than the detection of anything',
    {
      timing: { recovery: '10s' },
      dns: { name: 'llm.example.com', ttl: '5s' },
      deep: false,
      progress: false,
    },
    'error: services.llm.timing.recovery "10s" cannot be kept: a node that hangs is confirmed after 12s at worst (interval 5s + fastInterval 1s + 2 × timeout 3s); 12s or more would be right, or lower one of these',
    'error: services.llm.timing.recovery "10s" cannot be kept: a lost zone is confirmed after 17s at worst (2 × interval 5s + fastInterval 1s + 2 × timeout 3s); 17s or more would be right, or lower one of these',
    'warning: services.llm.deep false turns the generation off: a hang behind a healthy /health, garbage and a wrong model go unseen; a deep probe would be right',
  );
  badService(
    'is shorter than what only the deep probe or the counters see',
    { timing: { recovery: '1m' } },
    'warning: services.llm.timing.recovery "1m" cannot be kept: a node whose /health is fine while its generation hangs is confirmed after 1m20s at worst (2 × deepInterval 30s + deepTimeout 20s); 1m20s or more would be right, or lower one of these',
    'warning: services.llm.timing.recovery "1m" cannot be kept: a node that makes no progress is confirmed after 1m35s at worst (noProgress 1m30s + interval 5s); 1m35s or more would be right, or lower one of these',
  );
  badService(
    'cannot be met by so many thresholds',
    { thresholds: { drainAfter: 30, replaceAfter: 40 }, deep: { kind: 'tcp' } },
    'error: services.llm.timing.recovery "2m" cannot be kept: a node that hangs is confirmed after 2m4s at worst (interval 5s + 29 × fastInterval 1s + 30 × timeout 3s); 2m4s or more would be right, or lower one of these (it is a default)',
    'warning: services.llm.timing.recovery "2m" cannot be kept: a node whose /health is fine while its generation hangs is confirmed after 15m20s at worst (30 × deepInterval 30s + deepTimeout 20s); 15m20s or more would be right, or lower one of these (it is a default)',
  );
  badService(
    'is shorter than the TTL',
    { dns: { name: 'llm.example.com', ttl: '5m' } },
    'error: services.llm.dns.ttl "5m" is longer than timing.recovery, 2m: clients would ask the lost region for longer than that; 30s would be right, and 2m is the most',
  );
  badService(
    'is shorter than detection and TTL together',
    { dns: { name: 'llm.example.com', ttl: '110s' } },
    'error: services.llm.dns.ttl "110s" cannot keep timing.recovery, 2m: the last client leaves a lost region after 2m2s at worst (interval 5s + fastInterval 1s + 2 × timeout 3s + ttl 1m50s); 1m48s or less would be right, or a recovery of 2m2s or more',
  );
});

describe('thresholds and limits', () => {
  badService(
    'replaces before it drains',
    { thresholds: { drainAfter: 5 }, timing: { recovery: '5m' } },
    'error: services.llm.thresholds.replaceAfter 4 is less than drainAfter, 5: a node would be replaced before traffic has left it; 5 or more would be right (it is a default)',
  );
  badService(
    'drains at the first failure',
    { thresholds: { drainAfter: 1 } },
    'warning: services.llm.thresholds.drainAfter 1 drains a node for one lost packet; 2 would be right: the second question follows after fastInterval',
  );
  badService(
    'M of N with M above N',
    { thresholds: { zoneM: 6, zoneN: 5 } },
    'error: services.llm.thresholds.zoneM 6 is more than zoneN, 5: that many bad rounds can never be among the last 5; 5 or less would be right',
  );
  badService(
    'an alpha of zero',
    { thresholds: { zoneAlpha: 0 } },
    'error: services.llm.thresholds.zoneAlpha 0 means that no evidence is ever enough; 0.000001 would be right',
  );
  badService(
    'an alpha that alarms all day',
    { thresholds: { zoneAlpha: 0.05 } },
    'warning: services.llm.thresholds.zoneAlpha 0.05 is a false alarm in 20 tests, and there is a test every round; 0.000001 would be right, and 0.001 is the most',
  );
  badService(
    'a fleet share of zero',
    { thresholds: { fleetShare: 0 } },
    "error: services.llm.thresholds.fleetShare 0 would hold every node's failure for the whole fleet's; 0.5 would be right",
  );
  badService(
    'a share outside of 0 to 1',
    { limits: { maxShare: 34 } },
    'error: services.llm.limits.maxShare 34 must be a share from 0 to 1, such as 0.5',
  );
  badService(
    'no move at all',
    { limits: { maxMovesPerHour: 0 } },
    'warning: services.llm.limits.maxMovesPerHour 0 lets no move ever begin; to act on nothing, policy "observe" would be right',
  );
  badService(
    'a cooldown shorter than the recovery',
    { limits: { cooldown: '1m' } },
    'warning: services.llm.limits.cooldown "1m" is shorter than timing.recovery, 2m: a second move could begin before the first has had its time; 2m or more would be right',
  );
  badService(
    'a fail-back that would flap',
    { limits: { failBackAfter: '30s' } },
    'warning: services.llm.limits.failBackAfter "30s" is shorter than timing.recovery, 2m: traffic could flap between two places; 2m or more would be right',
  );
  badService(
    'fail-back stages that fall',
    { failBackStages: [50, 10, 100] },
    'error: services.llm.failBackStages [50,10,100] must rise from stage to stage and end with 100; [10, 50, 100] would be right',
  );
  badService(
    'fail-back stages that stop half way',
    { failBackStages: [10, 50] },
    'error: services.llm.failBackStages [10,50] must rise from stage to stage and end with 100; [10, 50, 100] would be right',
  );
  badService(
    'a weight that the first stage of a fail-back cannot divide',
    {
      regions: [
        { ...west, weight: 1 },
        { ...east, weight: 0 },
      ],
    },
    'warning: services.llm.regions[0].weight 1 is too small for a first stage of 10%: the region would get 100% of its traffic back at once; 10 or more would be right, and the other weights in proportion',
  );
  badService(
    'a capacity that the other zones do not have',
    { limits: { capacityShare: 0.8 } },
    'warning: services.llm.limits.capacityShare 0.8 is more than 2 of 3 equal zones have (0.67), so evacuate-zone will be refused unless they have room to spare; 0.66 or less would be right, or more nodes',
  );
});

describe('places', () => {
  badService(
    'a region that is none',
    { regions: [{ ...west, name: 'oregon' }, east] },
    'error: services.llm.regions[0].name "oregon" is no region\'s name; one looks like us-west-2',
  );
  badService(
    'a region listed twice',
    { regions: [west, east, { ...west, endpoint: 'https://other.example.com' }] },
    'error: services.llm.regions[2].name "us-west-2" is regions[0] again; list each region once, with all of its groups and zones',
  );
  badService(
    'a zone of another region',
    { regions: [{ ...west, zones: [...west.zones.slice(1), { name: 'us-east-1a', id: 'usw2-az1' }] }, east] },
    'error: services.llm.regions[0].zones[2].name "us-east-1a" is no zone of us-west-2; one looks like us-west-2a',
  );
  badService(
    "a zone's name where its ID is meant",
    {
      regions: [{ ...west, zones: [...west.zones.slice(1), { name: 'us-west-2a', id: 'us-west-2a' }] }, east],
    },
    'error: services.llm.regions[0].zones[2].id "us-west-2a" is the zone\'s name, not its ID; an ID looks like usw2-az1: aws ec2 describe-availability-zones prints it',
  );
  badService(
    'an ID of no form',
    { regions: [{ ...west, zones: [...west.zones.slice(1), { name: 'us-west-2a', id: 'az-1' }] }, east] },
    'error: services.llm.regions[0].zones[2].id "az-1" is no zone ID; one looks like usw2-az1: aws ec2 describe-availability-zones prints it',
  );
  badService(
    'an ID of another region',
    { regions: [{ ...west, zones: [...west.zones.slice(1), { name: 'us-west-2a', id: 'use1-az1' }] }, east] },
    'error: services.llm.regions[0].zones[2].id "use1-az1" is a zone of another region; one of us-west-2 looks like usw2-az1: aws ec2 describe-availability-zones prints it',
  );
  badService(
    'a zone listed twice',
    { regions: [{ ...west, zones: [...west.zones, { name: 'us-west-2a', id: 'usw2-az4' }] }, east] },
    'error: services.llm.regions[0].zones[3].name "us-west-2a" is zones[0] again; list each zone once',
  );
  badService(
    'one ID for two zones',
    { regions: [{ ...west, zones: [...west.zones, { name: 'us-west-2d', id: 'usw2-az1' }] }, east] },
    'error: services.llm.regions[0].zones[3].id "usw2-az1" is the ID of zones[0] as well: shifting one would shift the other; each zone has an ID of its own',
  );
  badService(
    'a group listed twice',
    { regions: [{ ...west, groups: ['a', 'a'] }, east] },
    'error: services.llm.regions[0].groups[1] "a" is groups[0] again; list each group once',
  );
  badService(
    'a single zone',
    { regions: [{ ...west, zones: west.zones.slice(0, 1) }, east] },
    'warning: services.llm.regions[0].zones ["us-west-2a"] is a single zone: evacuate-zone cannot be done in us-west-2, and no zone can be an outlier; two would be right, three better',
  );
  badService(
    'only weights of zero',
    {
      regions: [
        { ...west, weight: 0 },
        { ...east, weight: 0 },
      ],
    },
    'error: services.llm.regions [0,0] have only weights of zero, which Route 53 answers with equal traffic to all; a weight above 0 for the regions that serve, and 0 for standbys, would be right',
  );

  it('a single region', () => {
    expect(said(goodConfig({ regions: [west] }))).toEqual([
      'warning: services.llm.regions ["us-west-2"] is a single region: fail-over-region cannot be done, and nobody outside can say that it is down; two would be right',
    ]);
  });

  it.each([
    ['us-gov-east-1', 'usge1'],
    ['ap-southeast-2', 'apse2'],
    ['eu-central-1', 'euc1'],
  ])('knows the zone IDs of %s', (name, code) => {
    expect(said(goodConfig({ regions: [west, goodRegion(name, code)] }))).toEqual([]);
    expect(said(goodConfig({ regions: [west, goodRegion(name, 'xxx1')] }))).toHaveLength(3);
  });

  it('believes the zone IDs of a region whose code it cannot derive', () => {
    expect(said(goodConfig({ regions: [west, goodRegion('eusc-de-east-1', 'eusce1')] }))).toEqual([]);
  });

  it('knows local zones', () => {
    const local = { name: 'us-west-2-lax-1a', id: 'usw2-lax1-az1' };
    expect(said(goodConfig({ regions: [{ ...west, zones: [...west.zones, local] }, east] }))).toEqual([]);
  });
});

describe('traffic', () => {
  badService(
    'an endpoint that is no URL',
    { regions: [{ ...west, endpoint: 'llm.us-west-2.example.com' }, east] },
    'error: services.llm.regions[0].endpoint "llm.us-west-2.example.com" is no URL of HTTP; https://llm.us-west-2.example.com would be right',
  );
  badService(
    'an endpoint of another protocol',
    { regions: [{ ...west, endpoint: 'ftp://llm.us-west-2.example.com' }, east] },
    'error: services.llm.regions[0].endpoint "ftp://llm.us-west-2.example.com" is no URL of HTTP; https://llm.us-west-2.example.com would be right',
  );
  badService(
    'an endpoint with a path',
    { regions: [{ ...west, endpoint: 'https://llm.us-west-2.example.com/v1' }, east] },
    'error: services.llm.regions[0].endpoint "https://llm.us-west-2.example.com/v1" has a path; the probe brings its own: https://llm.us-west-2.example.com would be right',
  );
  badService(
    'an endpoint that failover moves',
    { regions: [{ ...west, endpoint: 'https://llm.example.com' }, east] },
    'error: services.llm.regions[0].endpoint "https://llm.example.com" is the name that failover moves, so it would show another region\'s health; the region\'s own load balancer would be right',
  );
  badService(
    'one endpoint for two regions',
    { regions: [west, { ...east, endpoint: west.endpoint }] },
    'error: services.llm.regions[1].endpoint "https://llm.us-west-2.example.com" is the endpoint of regions[0] as well: neither region could be told from the other; each region\'s own load balancer would be right',
  );
  badService(
    'a DNS name that is none',
    { dns: { name: 'https://llm.example.com/' } },
    'error: services.llm.dns.name "https://llm.example.com/" is no DNS name; llm.example.com would be right: no scheme, path or final dot',
  );
  badService(
    'a TTL that DNS cannot say',
    { dns: { name: 'llm.example.com', ttl: '1500ms' } },
    'error: services.llm.dns.ttl "1500ms" is no whole number of seconds, as DNS counts them; 30s would be right',
  );
  badService(
    'a failover with one region',
    { regions: [west], policy: { 'fail-over-region': 'automatic' } },
    'warning: services.llm.regions ["us-west-2"] is a single region: fail-over-region cannot be done, and nobody outside can say that it is down; two would be right',
    'warning: services.llm.policy.fail-over-region "automatic" has nowhere to go: the service has one region; "observe" would be right, or a second region',
  );
  badService(
    'a window that ends before it begins',
    {
      maintenance: [{ from: '2026-12-01T04:00:00Z', to: '2026-12-01T02:00:00Z', reason: 'driver update' }],
    },
    'error: services.llm.maintenance[0].to "2026-12-01T02:00:00Z" is not after from, 2026-12-01T04:00:00.000Z; a later time would be right',
  );
  badService(
    'a window that is over',
    {
      maintenance: [
        { from: '2026-10-01T02:00:00Z', to: '2026-10-01T06:00:00+02:00', reason: 'driver update' },
      ],
    },
    'warning: services.llm.maintenance[0].to "2026-10-01T06:00:00+02:00" is over: the window does nothing any more, and can go',
  );

  it('several regions without a name to move', () => {
    const { dns: _, ...rest } = goodService();
    const config = (policy: 'observe' | 'approve') => ({
      ...goodConfig(),
      services: { llm: { ...rest, policy } },
    });
    const message =
      'services.llm.dns is missing: with several regions and no name to move, fail-over-region cannot be done; { name: "llm.example.com" } would be right';
    expect(said(config('observe'))).toEqual([`warning: ${message}`]);
    expect(said(config('approve'))).toEqual([`error: ${message}`]);
  });

  it('says nothing of old windows to who does not say what time it is', () => {
    const old = { from: '2026-10-01T02:00:00Z', to: '2026-10-01T06:00:00Z', reason: 'driver update' };
    expect(resolveConfig(goodConfig({ maintenance: [old] })).problems).toEqual([]);
  });
});

describe('probes', () => {
  it('a probe that needs the model, and none', () => {
    const { model: _, ...rest } = goodService();
    expect(said({ ...goodConfig(), services: { llm: { ...rest, preset: 'triton' } } })).toEqual([
      'error: services.llm.model is missing, and the deep probe of preset triton asks for it by name; the name it is served under would be right',
    ]);
  });
  badService(
    'the guess of preset http',
    { preset: 'http' },
    'warning: services.llm.deep is missing, so POST /predict with {} is asked and any 2xx is right; a real question, with what its answer must hold, would be right',
  );
  badService(
    'no deep probe',
    { deep: false },
    'warning: services.llm.deep false turns the generation off: a hang behind a healthy /health, garbage and a wrong model go unseen; a deep probe would be right',
  );
  badService(
    'ranges that go backwards',
    { shallow: { kind: 'http', expect: { status: '299-200', size: { min: '2KiB', max: '1KiB' } } } },
    'error: services.llm.shallow.expect.status "299-200" goes backwards; "200-299" would be right',
    'error: services.llm.shallow.expect.size.min "2KiB" is more than max, 1024B, so no body can be right; 1024B or less would be right',
  );
  badService(
    'progress without counters',
    { preset: 'trtllm', progress: { path: '/prometheus' } },
    'error: services.llm.progress.tokens is missing: with no counter that grows, busy cannot be told from hung; a list such as ["vllm:generation_tokens_total"] would be right, or progress false',
    'error: services.llm.progress.running is missing, and so is progress.waiting: without pending work, an idle server looks hung; a list such as ["vllm:num_requests_running"] would be right, or progress false',
  );
  badService(
    'an invalid regular expression',
    { shallow: { kind: 'http', overload: '(busy' } },
    'error: services.llm.shallow.overload "(busy" is no regular expression (Invalid regular expression: /(busy/i: Unterminated group)',
  );
  badService(
    'an invalid JSONPath',
    { shallow: { kind: 'http', expect: { jsonPath: [{ path: '$.[' }] } } },
    'error: services.llm.shallow.expect.jsonPath[0].path "$.[" is no JSONPath (unexpected shorthand selector \'[\' (\'$.[\':2)); "$.choices[0].text" is one',
  );
});

describe('the whole', () => {
  it('fewer than two controls', () => {
    expect(said({ ...goodConfig(), controls: ['https://s3.us-west-2.amazonaws.com'] })).toEqual([
      'error: controls ["https://s3.us-west-2.amazonaws.com"] must be at least two addresses: with one, its failure could not be told from the vantage\'s own; two that do not depend on each other would be right',
    ]);
  });
  it('a control that is no URL, and one given twice', () => {
    const [first = ''] = goodConfig().controls;
    expect(said({ ...goodConfig(), controls: [first, 'localhost', first] })).toEqual([
      'error: controls[1] "localhost" is no URL of HTTP; https://dynamodb.us-west-2.amazonaws.com would be right',
      'error: controls[2] "https://dynamodb.us-west-2.amazonaws.com" is controls[0] again; another address would be right',
    ]);
  });
  it('no service', () => {
    expect(said({ ...goodConfig(), services: {} })).toEqual([
      'error: services {} must hold at least one service, by name; { llm: { … } } would be right',
    ]);
  });
  it('a name that AWS would refuse', () => {
    expect(said({ ...goodConfig(), services: { 'My LLM': goodService() } })).toEqual([
      'error: services["My LLM"] "My LLM" is no name for a service; 1 to 32 small letters, digits and inner hyphens, such as chat-8b, would be right',
    ]);
  });
  it('two services with one name and one group', () => {
    expect(said({ ...goodConfig(), services: { one: goodService(), two: goodService() } })).toEqual([
      'error: services.two.dns.name "llm.example.com" is the name of one as well: one\'s failover would move the other; a name of its own would be right',
      'error: services.two.regions[0].groups[0] "llm-us-west-2" belongs to one as well: both would replace its nodes; a group of its own would be right',
      'error: services.two.regions[1].groups[0] "llm-us-east-1" belongs to one as well: both would replace its nodes; a group of its own would be right',
    ]);
  });
});

describe('deploying', () => {
  const vpc = { vpc: 'vpc-0a', subnets: { 'us-west-2a': 'subnet-0a' } };
  it('knows the networks, the hosted zones, the owner’s alarms, tags, and how to restart', () => {
    const config: Config = {
      ...goodConfig({
        regions: [{ ...west, alarms: ['gpu-errors'] }, east],
        dns: { name: 'llm.example.com', zone: 'Z1', manage: true },
      }),
      network: { 'us-west-2': { ...vpc, routeTables: ['rtb-0a'], shards: 2 } },
      restartCommand: 'systemctl restart vllm',
      eventBus: 'incidents',
      tags: { team: 'inference' },
    };
    expect(resolveConfig(config)).toMatchObject({
      problems: [],
      installation: {
        networks: [
          {
            region: 'us-west-2',
            vpc: 'vpc-0a',
            subnets: [{ zone: 'us-west-2a', subnet: 'subnet-0a' }],
            routeTables: ['rtb-0a'],
            shards: 2,
          },
        ],
        names: [{ service: 'llm', name: 'llm.example.com', zone: 'Z1', manage: true }],
        alarms: [{ service: 'llm', region: 'us-west-2', name: 'gpu-errors' }],
        restartCommand: 'systemctl restart vllm',
        eventBus: 'incidents',
        tags: { team: 'inference' },
      },
    });
  });
  it('is told nothing of a config with an error', () => {
    expect(resolveConfig({ ...goodConfig(), controls: [] }).installation).toBeNull();
  });
  it('a network of another region, and a subnet of another zone', () => {
    expect(said({ ...goodConfig(), network: { 'eu-west-1': vpc } })).toEqual([
      'error: network.eu-west-1 "eu-west-1" is no region of any service; one of us-west-2, us-east-1 would be right',
    ]);
    expect(said({ ...goodConfig(), network: { 'us-east-1': vpc } })).toEqual([
      'error: network.us-east-1.subnets.us-west-2a "subnet-0a" stands in no zone that a service lists in us-east-1; one of us-east-1a, us-east-1b, us-east-1c would be right',
    ]);
  });
  it('an id of another kind', () => {
    expect(said({ ...goodConfig(), network: { 'us-west-2': { ...vpc, vpc: 'subnet-0a' } } })).toEqual([
      'error: network.us-west-2.vpc "subnet-0a" must be an id such as "vpc-0123456789abcdef0"',
    ]);
  });
  badService(
    'records to be written, and no hosted zone',
    { dns: { name: 'llm.example.com', manage: true } },
    "error: services.llm.dns.manage true needs to know where to write the records; dns.zone with the hosted zone's id would be right: aws route53 list-hosted-zones-by-name",
  );
  it('tags that AWS would refuse', () => {
    expect(said({ ...goodConfig(), tags: { 'aws:x': 'y', team: 'a;b' } })).toEqual([
      'error: tags["aws:x"] "y" has a key that no tag may have; letters, digits and _.:/=+-@, not beginning with aws:, would be right',
      'error: tags.team "a;b" is no value that a tag may have; up to 256 letters, digits and _.:/=+-@ would be right',
    ]);
  });
});
