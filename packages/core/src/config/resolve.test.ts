import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { presetNames } from '../settings.ts';
import { defineConfig, problemSentence, resolveConfig } from './index.ts';
import { presets } from './presets/index.ts';
import { goodConfig, goodRegion, goodService } from './testing/good.ts';

const said = (input: unknown) => resolveConfig(input).problems.map(problemSentence);
const theService = (input: unknown) => resolveConfig(input).settings?.services[0];

describe('a good config', () => {
  it('means exactly this', () => {
    const config = defineConfig({
      controls: ['https://dynamodb.us-west-2.amazonaws.com', 'https://s3.us-west-2.amazonaws.com'],
      services: {
        llm: {
          preset: 'vllm',
          model: 'Qwen/Qwen3-8B',
          port: 9000,
          regions: [goodRegion('us-west-2', 'usw2'), { ...goodRegion('us-east-1', 'use1'), weight: 0 }],
          dns: { name: 'llm.example.com', ttl: '1m' },
          deep: {
            kind: 'openai-stream',
            prompt: '2 + 2 =',
            accepted: ['4', 'four'],
            headers: { 'X-Probe': '1' },
          },
          timing: { interval: '10s', grace: '30m' },
          thresholds: { drainAfter: 3 },
          limits: { cooldown: '20m' },
          policy: { 'replace-node': 'automatic', 'evacuate-zone': 'approve' },
          restartFirst: true,
          retire: 'keep',
          maintenance: [
            { from: '2026-12-01T02:00:00Z', to: '2026-12-01T04:00:00Z', reason: 'driver update' },
          ],
        },
      },
    });
    const { settings, problems } = resolveConfig(config);
    expect(problems).toEqual([]);
    const words =
      'overload|too many (concurrent )?requests|queue is full|maximum pending|busy|at capacity|no available (slot|worker)';
    const loading = 'loading model|model is loading|still loading|not ready yet|starting up';
    expect(settings).toEqual({
      controls: ['https://dynamodb.us-west-2.amazonaws.com', 'https://s3.us-west-2.amazonaws.com'],
      services: [
        {
          name: 'llm',
          preset: 'vllm',
          model: 'Qwen/Qwen3-8B',
          port: 9000,
          regions: [
            {
              region: 'us-west-2',
              weight: 100,
              groups: ['llm-us-west-2'],
              endpoint: 'https://llm.us-west-2.example.com',
              zones: [
                { name: 'us-west-2a', id: 'usw2-az1' },
                { name: 'us-west-2b', id: 'usw2-az2' },
                { name: 'us-west-2c', id: 'usw2-az3' },
              ],
            },
            {
              region: 'us-east-1',
              weight: 0,
              groups: ['llm-us-east-1'],
              endpoint: 'https://llm.us-east-1.example.com',
              zones: [
                { name: 'us-east-1a', id: 'use1-az1' },
                { name: 'us-east-1b', id: 'use1-az2' },
                { name: 'us-east-1c', id: 'use1-az3' },
              ],
            },
          ],
          dns: { name: 'llm.example.com', control: 'switch', ttlMs: 60_000 },
          revisionMustMatch: true,
          shallow: {
            kind: 'http',
            method: 'GET',
            path: '/health',
            headers: {},
            body: null,
            assertions: [{ kind: 'status', from: 200, to: 299 }],
            followRedirects: 0,
            maxBodyBytes: 65_536,
            overloadPattern: words,
            loadingPattern: loading,
            timeoutMs: 3_000,
            connection: 'fresh',
          },
          deep: {
            kind: 'openai-stream',
            path: '/v1/chat/completions',
            api: 'chat',
            headers: { 'x-probe': '1' },
            model: 'Qwen/Qwen3-8B',
            prompt: '2 + 2 =',
            maxTokens: 8,
            nonce: true,
            firstTokenMs: 10_000,
            longestGapMs: 5_000,
            accepted: ['4', 'four'],
            maxBodyBytes: 65_536,
            overloadPattern: words,
            loadingPattern: loading,
            timeoutMs: 20_000,
            connection: 'fresh',
          },
          progress: {
            path: '/metrics',
            port: null,
            timeoutMs: 2_000,
            tokens: ['vllm:generation_tokens_total', 'vllm:prompt_tokens_total'],
            running: ['vllm:num_requests_running'],
            waiting: ['vllm:num_requests_waiting'],
            gapMs: 1_000,
          },
          timing: {
            intervalMs: 10_000,
            deepIntervalMs: 30_000,
            fastIntervalMs: 1_000,
            graceMs: 1_800_000,
            freshMs: 30_000,
            noProgressMs: 90_000,
            recoveryMs: 120_000,
          },
          thresholds: {
            drainAfter: 3,
            replaceAfter: 4,
            healthyAfter: 3,
            zoneAlpha: 1e-6,
            zoneMinEffect: 0.2,
            zoneMinVolume: 6,
            zoneM: 2,
            zoneN: 12,
            zoneSlowFactor: 3,
            fleetShare: 0.5,
          },
          limits: {
            maxShare: 0.34,
            maxMovesPerHour: 10,
            breakerAfter: 3,
            cooldownMs: 1_200_000,
            cooldownGrowth: 2,
            capacityShare: 0.5,
            failBackAfterMs: 600_000,
            approvalMs: 900_000,
          },
          policy: {
            'replace-node': 'automatic',
            'evacuate-zone': 'approve',
            'fail-over-region': 'observe',
            'fail-back': 'observe',
          },
          restartFirst: true,
          retire: 'keep',
          failBackStages: [10, 50, 100],
          maintenance: [{ from: 1_796_090_400_000, to: 1_796_097_600_000, reason: 'driver update' }],
        },
      ],
    });
  });

  it('acts on nothing unless it is told to', () => {
    expect(new Set(Object.values(theService(goodConfig())?.policy ?? {}))).toEqual(new Set(['observe']));
    expect(new Set(Object.values(theService(goodConfig({ policy: 'approve' }))?.policy ?? {}))).toEqual(
      new Set(['approve']),
    );
  });

  it.each(presetNames)(
    'of preset %s has no mistake, and at most says that the question is a guess',
    (preset) => {
      const { settings, problems } = resolveConfig(goodConfig({ preset }));
      expect(settings).not.toBeNull();
      expect(problems.map(({ path }) => path)).toEqual(preset === 'http' ? ['services.llm.deep'] : []);
    },
  );

  it("takes the server's port, counts, intervals and grace from its preset", () => {
    const ollama = theService(goodConfig({ preset: 'ollama' }));
    expect(ollama).toMatchObject({
      port: 11434,
      thresholds: { drainAfter: 3, replaceAfter: 5 },
      timing: { intervalMs: 5_000, deepIntervalMs: 120_000, graceMs: 600_000, recoveryMs: 600_000 },
      progress: null,
    });
    expect(theService(goodConfig({ preset: 'lmdeploy' }))?.timing).toMatchObject({
      intervalMs: 15_000,
      freshMs: 45_000,
    });
  });

  it('never waits longer between two confirmations than between two rounds', () => {
    const config = goodConfig({ timing: { interval: '500ms', timeout: '400ms' } });
    expect(theService(config)?.timing.fastIntervalMs).toBe(500);
  });

  it("puts the model into a path that asks for it, and into a generation's question", () => {
    expect(theService(goodConfig({ preset: 'triton', model: 'llama/8b' }))?.deep).toMatchObject({
      path: '/v2/models/llama%2F8b/generate',
    });
    const { model: _, ...rest } = goodService();
    expect(theService({ ...goodConfig(), services: { llm: rest } })).toMatchObject({
      model: null,
      deep: { model: null },
    });
  });

  it('is not changed by what becomes of its settings', () => {
    theService(goodConfig())?.failBackStages.push(7);
    expect(theService(goodConfig())?.failBackStages).toEqual([10, 50, 100]);
  });
});

describe('a question of your own', () => {
  it('says everything HTTP can assert', () => {
    const service = theService(
      goodConfig({
        preset: 'http',
        port: 5000,
        shallow: { kind: 'tls', warnBeforeExpiry: '30d' },
        deep: {
          kind: 'http',
          path: '/predict',
          headers: { Authorization: 'Bearer probe' },
          body: { text: 'ping' },
          followRedirects: 1,
          maxBody: '1MiB',
          connection: 'reuse',
          overload: null,
          expect: {
            status: 202,
            headers: { 'X-Model': '^bert' },
            includes: ['label', 'score'],
            excludes: 'error',
            matches: 'pos(itive)?',
            jsonPath: [
              { path: '$.label', equals: 'positive' },
              { path: '$.score', matches: '^0\\.' },
              { path: '$.id' },
            ],
            size: { min: '2B' },
            latency: '800ms',
          },
        },
        timing: { deepTimeout: '5s' },
      }),
    );
    expect(service?.shallow).toEqual({
      kind: 'tls',
      warnBeforeExpiryMs: 30 * 86_400_000,
      timeoutMs: 3_000,
      connection: 'fresh',
    });
    expect(service?.deep).toMatchObject({
      kind: 'http',
      method: 'POST',
      path: '/predict',
      headers: { 'content-type': 'application/json', authorization: 'Bearer probe' },
      body: '{"text":"ping"}',
      followRedirects: 1,
      maxBodyBytes: 1_048_576,
      connection: 'reuse',
      overloadPattern: null,
      timeoutMs: 5_000,
      assertions: [
        { kind: 'status', from: 202, to: 202 },
        { kind: 'header', name: 'x-model', pattern: '^bert' },
        { kind: 'body-includes', text: 'label' },
        { kind: 'body-includes', text: 'score' },
        { kind: 'body-excludes', text: 'error' },
        { kind: 'body-matches', pattern: 'pos(itive)?' },
        { kind: 'json-path', path: '$.label', equals: 'positive' },
        { kind: 'json-path', path: '$.score', pattern: '^0\\.' },
        { kind: 'json-path', path: '$.id' },
        { kind: 'body-size', minBytes: 2, maxBytes: Number.MAX_SAFE_INTEGER },
        { kind: 'latency', maxMs: 800 },
      ],
    });
  });

  it('keeps what the preset asks where it says nothing', () => {
    const service = theService(
      goodConfig({ preset: 'lmdeploy', shallow: { kind: 'http', connection: 'reuse' } }),
    );
    expect(service?.shallow).toMatchObject({
      path: '/health',
      timeoutMs: 12_000,
      connection: 'reuse',
      assertions: [{ kind: 'status' }, { kind: 'body-excludes', text: 'sleeping' }],
    });
  });

  it('replaces the preset where it is of another kind', () => {
    const service = theService(
      goodConfig({
        shallow: { kind: 'tcp' },
        deep: { kind: 'http', method: 'GET', path: '/ok' },
        timing: { timeout: '2s' },
      }),
    );
    expect(service?.shallow).toEqual({ kind: 'tcp', timeoutMs: 2_000, connection: 'fresh' });
    expect(service?.deep).toMatchObject({
      kind: 'http',
      method: 'GET',
      path: '/ok',
      body: null,
      timeoutMs: 20_000,
    });
  });

  it('may use the older completions API, with or without a path of its own', () => {
    const deep = (given: object) =>
      theService(goodConfig({ deep: { kind: 'openai-stream', api: 'completions', ...given } }))?.deep;
    expect(deep({})).toMatchObject({ api: 'completions', path: '/v1/completions' });
    expect(deep({ path: '/api/completions' })).toMatchObject({ path: '/api/completions' });
    const own = theService(
      goodConfig({ preset: 'http', deep: { kind: 'openai-stream', api: 'completions' } }),
    )?.deep;
    expect(own).toMatchObject({ path: '/v1/completions', timeoutMs: 10_000 });
  });

  it('may add to the counters, or turn them off', () => {
    const own = { port: 9090, tokens: ['t'], running: ['r'], waiting: ['w'], gap: '2s', timeout: '1s' };
    expect(theService(goodConfig({ preset: 'trtllm', progress: own }))?.progress).toEqual({
      path: '/metrics',
      port: 9090,
      tokens: ['t'],
      running: ['r'],
      waiting: ['w'],
      gapMs: 2_000,
      timeoutMs: 1_000,
    });
    expect(theService(goodConfig({ progress: false }))?.progress).toBeNull();
    expect(theService(goodConfig({ progress: { path: '/stats' } }))?.progress).toEqual({
      ...presets.vllm.progress,
      path: '/stats',
    });
  });
});

describe('a config with mistakes', () => {
  it('is told all of them at once, of shape and of sense, and means nothing', () => {
    const { settings, problems } = resolveConfig({
      controls: ['https://a.example.com', 7],
      regions: [],
      services: {
        broken: { preset: 'vlm', timing: { timeout: '10s' } },
        llm: {
          ...goodService(),
          port: '8000',
          timing: { timout: '3s', interval: 5, deepTimeout: '40s', recovery: '5x', fresh: '1s' },
          limits: { maxShare: 1.5 },
          deep: { kind: 'openai-stream', pormpt: 'hi' },
          policy: { 'replace-nodes': 'automatic', 'fail-back': 'auto' },
          maintenance: [{ from: 'tomorrow', to: '2026-12-01T00:00:00Z', reason: 'x' }],
        },
        other: { ...goodService(), timing: { timeout: '10s' } },
      },
    });
    expect(settings).toBeNull();
    expect(problems.map(problemSentence)).toEqual([
      'controls[1] 7 must be a URL',
      'services.broken.preset "vlm" must be one of "vllm", "sglang", "tgi", "triton", "trtllm", "dynamo", "llama.cpp", "ollama", "lmdeploy", "bentoml", "ray-serve", "sagemaker", "http"',
      'services.broken.regions is missing; it must be a list of regions',
      'services.llm.port "8000" must be a whole number from 1 to 65535',
      'services.llm.deep.pormpt "hi" is no setting; did you mean "prompt"?',
      'services.llm.timing.interval 5 must be a duration such as "500ms", "5s" or "2m"',
      'services.llm.timing.recovery "5x" must be a duration such as "500ms", "5s" or "2m"',
      'services.llm.timing.timout "3s" is no setting; did you mean "timeout"?',
      'services.llm.limits.maxShare 1.5 must be a share from 0 to 1, such as 0.5',
      'services.llm.policy.fail-back "auto" must be one of "observe", "approve", "automatic"',
      'services.llm.policy.replace-nodes "automatic" is no setting; did you mean "replace-node"?',
      'services.llm.maintenance[0].from "tomorrow" must be a time with its offset, such as "2026-11-21T02:00:00Z"',
      'regions [] is no setting; here there are controls, services, network, restartCommand, eventBus, tags',
      'services.other.dns.name "llm.example.com" is the name of llm as well: one\'s failover would move the other; a name of its own would be right',
      'services.other.regions[0].groups[0] "llm-us-west-2" belongs to llm as well: both would replace its nodes; a group of its own would be right',
      'services.other.regions[1].groups[0] "llm-us-east-1" belongs to llm as well: both would replace its nodes; a group of its own would be right',
      'services.llm.timing.deepTimeout "40s" is longer than its interval (deepInterval), 30s: two generations would wait for one node; 30s or less would be right, or a deepInterval of 40s or more',
      'services.other.timing.timeout "10s" is longer than its interval, 5s: the next round would begin before this one has ended; 5s or less would be right, or an interval of 10s or more',
    ]);
  });

  it('hears nothing of settings that depend on one that could not be read', () => {
    expect(said(goodConfig({ timing: { recovery: 'soon', cooldown: '1s' } as object }))).toEqual([
      'services.llm.timing.recovery "soon" must be a duration such as "500ms", "5s" or "2m"',
      'services.llm.timing.cooldown "1s" is no setting; here there are interval, timeout, deepInterval, deepTimeout, fastInterval, grace, fresh, noProgress, recovery',
    ]);
  });

  it('hears nothing of the default that stands in for a slip of the fingers', () => {
    expect(said(goodConfig({ timing: { interval: '2s', timout: '1s' } as object }))).toEqual([
      'services.llm.timing.timout "1s" is no setting; did you mean "timeout"?',
    ]);
  });

  it.each([
    [[], 'the config [] must be an object with controls and services'],
    [null, 'the config null must be an object with controls and services'],
    [undefined, 'the config is missing; it must be an object with controls and services'],
    [7n, 'the config 7 must be an object with controls and services'],
  ])('that is %s', (input, sentence) => {
    expect(said(input)).toEqual([sentence]);
  });

  it.each([
    [{ regions: 'us-west-2' }, 'services.llm.regions "us-west-2" must be a list of regions'],
    [{ regions: [] }, 'services.llm.regions [] must list at least one region'],
    [
      { regions: ['us-west-2'] },
      'services.llm.regions[0] "us-west-2" must be an object with name, groups, endpoint and zones',
    ],
    [{ deep: true }, 'services.llm.deep true must be a probe, or false'],
    [{ deep: {} }, 'services.llm.deep.kind must be one of "http", "openai-stream", "tcp", "tls"'],
    [
      { shallow: { kind: 'http', path: 'health' } },
      'services.llm.shallow.path "health" must be a path that begins with "/"',
    ],
    [
      { shallow: { kind: 'http', maxBody: '64' } },
      'services.llm.shallow.maxBody "64" must be a size such as "512B", "64KiB" or "1MiB"',
    ],
    [
      { shallow: { kind: 'http', expect: { status: 20 } } },
      'services.llm.shallow.expect.status 20 must be a whole number from 100 to 599',
    ],
    [
      { timing: { interval: '0s' } },
      'services.llm.timing.interval "0s" must be a duration such as "500ms", "5s" or "2m"',
    ],
    [
      { policy: 'manual' },
      'services.llm.policy "manual" must be "observe", "approve" or "automatic", for every move or one by one',
    ],
    [{ model: '' }, 'services.llm.model "" must be a model id such as "Qwen/Qwen3-8B"'],
    [{ revisionMustMatch: 'yes' }, 'services.llm.revisionMustMatch "yes" must be true or false'],
    [
      { thresholds: { drainAfter: 1.5 } },
      'services.llm.thresholds.drainAfter 1.5 must be a whole number from 1 to 100',
    ],
    [
      { limits: { cooldownGrowth: 0.5 } },
      'services.llm.limits.cooldownGrowth 0.5 must be a number, 1 or more',
    ],
  ])('a service with %j', (change, sentence) => {
    const config = goodConfig();
    expect(said({ ...config, services: { llm: { ...goodService(), ...change } } })).toEqual([sentence]);
  });

  it('never makes it throw, whatever it is', () => {
    const keys = fc.constantFrom(
      ...[
        'controls',
        'services',
        'llm',
        'preset',
        'regions',
        'zones',
        'name',
        'timing',
        'timeout',
        'deep',
        'kind',
      ],
      ...['expect', 'jsonPath', 'policy', 'dns', 'maintenance', '__proto__', 'constructor', 'a.b'],
    );
    const anything = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom('vllm', '5s', '-1s', 'us-west-2', 'http', false, null, 0, 100),
        fc.jsonValue(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 5 }),
      ),
    })).value;
    fc.assert(
      fc.property(anything, (input) => {
        expect(resolveConfig(input).problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(keys, keys, anything, (outer, inner, value) => {
        const spoiled = { ...goodService(), [outer]: { [inner]: value } };
        const { problems, settings } = resolveConfig({ ...goodConfig(), services: { llm: spoiled } });
        expect(settings === null).toBe(problems.some(({ severity }) => severity === 'error'));
        problems.forEach(problemSentence);
      }),
      { numRuns: 300 },
    );
  });
});
