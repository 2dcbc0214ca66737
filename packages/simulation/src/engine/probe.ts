import type { Clock, Finding, Outcome, ProbePort, Random, RegionName, Target, ZoneName } from '@evac/core';
import type { Cloud } from '@evac/sim';
import type { Faults } from './faults.ts';
import type { Node, Nodes } from './nodes.ts';

interface Seen {
  finding: Finding;
  detail: string;
  /** How long it took. */
  ms: number;
}

type Ask = Parameters<ProbePort['ask']>[0];

export interface Eyes {
  nodes: Nodes;
  faults: Faults;
  cloud: Pick<Cloud, 'routable'>;
  random: Random;
  /** When it really is: a vantage whose clock is late sees no server load for longer. */
  now(): number;
  /** Whether this vantage's network to a zone's nodes is cut; null: to everything. */
  cutOff(zone: ZoneName | null): boolean;
}

/** What a vantage's questions come to, as packages/probe would classify them (docs/facts.md, the order of decision). */
export function createProbe(eyes: Eyes, clock: Clock): ProbePort {
  return {
    async ask(ask) {
      const { target, check, signal } = ask;
      const seen = look(ask, eyes, eyes.now());
      if (seen.ms > 100) await clock.sleep(seen.ms, signal).catch(() => {});
      const node = target.kind === 'node' ? eyes.nodes.get(target.node) : undefined;
      const base = { target: target.id, check, at: clock.now(), latencyMs: seen.ms, detail: seen.detail };
      if (signal?.aborted) return { ...base, class: 'unknown', reason: 'aborted' };
      const outcome: Outcome = { ...base, ...seen.finding };
      if (ask.progress && node && answersMetrics(node, eyes))
        outcome.progress = progressOf(node, eyes, eyes.now());
      if (seen.finding.class === 'ok' && check === 'deep') outcome.model = ask.model ?? 'sim-1';
      return outcome;
    },
  };
}

function look(ask: Ask, eyes: Eyes, now: number): Seen {
  const { target } = ask;
  if (target.kind === 'node') {
    const node = eyes.nodes.get(target.node);
    return eyes.cutOff(target.zone) || !node ? timeout(ask) : askNode(node, ask, eyes, now);
  }
  const dark = eyes.faults.dark('balancer', { region: target.region, zone: null, node: null });
  if (dark || eyes.cutOff(null)) return timeout(ask);
  return throughBalancer(target, target.region, ask, eyes, now);
}

function throughBalancer(target: Target, region: RegionName, ask: Ask, eyes: Eyes, now: number): Seen {
  const routes = eyes.cloud.routable(region).filter((r) => target.kind !== 'zone' || r.zone === target.zone);
  const route = routes[Math.floor(eyes.random.next() * routes.length)];
  const node = route && eyes.nodes.get(route.node);
  if (!node) return failed('unavailable', '503 from the load balancer: no target', 20);
  const seen = askNode(node, ask, eyes, now);
  const { finding } = seen;
  const refused = finding.reason === 'connect-refused' || finding.reason === 'connection-reset';
  return refused ? failed('status-5xx', '502 from the load balancer', 20) : seen;
}

function askNode(node: Node, ask: Ask, eyes: Eyes, now: number): Seen {
  const ailing = eyes.nodes.ailing(node);
  if (ailing.has('isolated')) return timeout(ask);
  if (ailing.has('crashed')) return failed('connect-refused', 'connection refused', 1);
  if (ailing.has('starved')) return failed('headers-timeout', 'no answer', ask.probe.timeoutMs);
  if (now < node.readyAt || ailing.has('reloading')) {
    return { finding: { class: 'starting', reason: 'loading' }, detail: '503 loading model', ms: 5 };
  }
  if (ailing.has('unprobeable')) {
    return { finding: { class: 'misconfigured', reason: 'not-found' }, detail: 'status 404', ms: 5 };
  }
  if (ailing.has('grey') && eyes.random.next() < 0.3) return failed('status-5xx', 'status 500', 5);
  const ms = ailing.has('far') ? 290 : 30 + Math.floor(eyes.random.next() * 20);
  return ask.check === 'deep' ? generate(ailing, ask, eyes, ms) : answered('200', ms);
}

function generate(ailing: ReadonlySet<string>, ask: Ask, eyes: Eyes, ms: number): Seen {
  const { timeoutMs } = ask.probe;
  const firstTokenMs = ask.probe.kind === 'openai-stream' ? ask.probe.firstTokenMs : timeoutMs;
  const gapMs = ask.probe.kind === 'openai-stream' ? ask.probe.longestGapMs : timeoutMs;
  if (ailing.has('hung')) return failed('hung', 'no token, work pending', firstTokenMs);
  if (ailing.has('stalling')) return failed('stream-stalled', 'no token after the second', gapMs);
  if (ailing.has('garbled')) return failed('garbage-answer', 'the answer is "!!!!"', ms);
  if (ailing.has('gpu-error')) return failed('engine-error', 'CUDA error', ms);
  if (ailing.has('misreleased')) return failed('wrong-answer', 'the answer is "one two"', ms);
  if (ailing.has('overloaded') && eyes.random.next() < 2 / 3) {
    return { finding: { class: 'saturated', reason: 'too-many-requests' }, detail: 'status 429', ms: 5 };
  }
  return answered('generated', ms * 3);
}

const answered = (detail: string, ms: number): Seen => ({
  finding: { class: 'ok', reason: 'answered' },
  detail,
  ms,
});

function failed(reason: Extract<Finding, { class: 'failed' }>['reason'], detail: string, ms: number): Seen {
  return { finding: { class: 'failed', reason }, detail, ms };
}

function timeout({ probe }: Ask): Seen {
  return failed('connect-timeout', 'no connection', probe.timeoutMs);
}

function answersMetrics(node: Node, { nodes }: Eyes): boolean {
  const ailing = nodes.ailing(node);
  return !ailing.has('isolated') && !ailing.has('crashed') && !ailing.has('starved');
}

/** A hung engine's counter stands where it stood when it hung. */
function progressOf(node: Node, { nodes, faults }: Eyes, now: number) {
  const hung = nodes.ailing(node).has('hung');
  const since = faults.active().find((f) => f.name === 'node-hang' && f.target === node.id)?.since ?? now;
  return { tokens: Math.floor((hung ? since : now) / 50), running: hung ? 2 : 0, waiting: 0 };
}
