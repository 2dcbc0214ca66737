import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type HttpAsk,
  type Outcome,
  regionName,
  serviceName,
  type Target,
  type TargetId,
  targetId,
} from '@evac/core';
import { boundedRound, createProbe } from '@evac/probe';
import { type Case, loopConcurrency, type Measure, pacedMs, pacedTargets } from './measure.ts';

/** Asks one server in one way for some seconds, in a process of its own, and sends what it took. */
interface Order {
  kind: 'evac' | 'undici' | 'node:http';
  how: Case;
  port: number;
  seconds: number;
}

/** Asks for some seconds; resolves with the number of answers. `unpaced`: as fast as it goes. */
type AskFor = (seconds: number, unpaced?: boolean) => Promise<number>;

const clock = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal && { signal }),
};

function evac({ how, port }: Order): AskFor {
  const probe = createProbe({ clock, random: { next: () => Math.random() } });
  const questions = Array.from({ length: pacedTargets }, (_, i) => question(how, port, `target-${i}`));
  const check = (outcome: Outcome) => {
    if (outcome.class !== 'ok') throw new Error(`the server failed its check: ${outcome.detail}`);
  };
  if (how.shape === 'rounds') {
    return inRounds(async () => {
      const means = { probe, clock, concurrency: 50, deadlineMs: 5_000, inFlight: new Set<TargetId>() };
      for (const outcome of await boundedRound(questions, means)) check(outcome);
      return questions.length;
    });
  }
  return inLoops(async (place) => check(await probe.ask(questions[place] ?? question(how, port, 'more'))));
}

function question(how: Case, port: number, name: string) {
  const target: Target = {
    kind: 'region',
    id: targetId(name),
    service: serviceName('bench'),
    region: regionName('bench'),
    launchedAt: 0,
    address: { protocol: 'http', host: '127.0.0.1', port },
  };
  const probe: HttpAsk = {
    kind: 'http',
    method: 'GET',
    path: '/health',
    headers: {},
    body: null,
    assertions:
      how.assertion === 'json-path' ? [{ kind: 'json-path', path: '$.data[0].id', equals: 'm1' }] : [],
    followRedirects: 0,
    maxBodyBytes: 65_536,
    overloadPattern: null,
    loadingPattern: null,
    timeoutMs: 3_000,
    connection: how.connection,
  };
  return { target, check: 'shallow' as const, probe, progress: null, model: null };
}

/** The least one can do with undici: ask, look at the status, read the body. */
async function bareUndici({ how, port }: Order): Promise<AskFor> {
  // Loaded here, so that no other prober pays for it.
  const { Pool } = await import('undici');
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: pacedTargets });
  return inLoops(async () => {
    const response = await pool.request({
      path: '/health',
      method: 'GET',
      reset: how.connection === 'fresh',
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
    if (how.assertion === 'json-path') JSON.parse(text);
  });
}

function bareNodeHttp({ port }: Order): AskFor {
  return inLoops(
    () =>
      new Promise((resolve, reject) => {
        const request = get({ host: '127.0.0.1', port, path: '/health', agent: false }, (response) => {
          response.resume();
          response.on('end', resolve);
        });
        request.on('error', reject);
      }),
  );
}

/** Several at once, each asking again as soon as it has its answer. */
function inLoops(askOnce: (place: number) => Promise<void>): AskFor {
  return async (seconds) => {
    const until = performance.now() + seconds * 1_000;
    let checks = 0;
    async function loop(_: unknown, place: number): Promise<void> {
      while (performance.now() < until) {
        await askOnce(place);
        checks++;
      }
    }
    await Promise.all(Array.from({ length: loopConcurrency }, loop));
    return checks;
  };
}

/** A round every {@link pacedMs}, or as soon as the one before is over. */
function inRounds(askRound: () => Promise<number>): AskFor {
  return async (seconds, unpaced = false) => {
    const until = performance.now() + seconds * 1_000;
    let checks = 0;
    for (let due = performance.now(); performance.now() < until; due += pacedMs) {
      if (!unpaced) await sleep(Math.max(0, due - performance.now()));
      checks += await askRound();
    }
    return checks;
  };
}

process.once('message', async (order: Order) => {
  const ways = { evac, undici: bareUndici, 'node:http': bareNodeHttp };
  const askFor = await ways[order.kind](order);
  // A prober lives for hours; its first tens of thousands of checks are the compiler's.
  await askFor(3, true);
  const before = process.cpuUsage();
  const started = performance.now();
  const checks = await askFor(order.seconds);
  const cpu = process.cpuUsage(before);
  const measure: Measure = {
    cpuMicros: (cpu.user + cpu.system) / checks,
    checksPerSecond: (checks * 1_000) / (performance.now() - started),
  };
  process.send?.(measure, () => process.exit());
});
