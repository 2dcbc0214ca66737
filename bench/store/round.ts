import {
  nodeId,
  type Observation,
  type Outcome,
  type RegionName,
  type ServiceSettings,
  type Target,
  targetId,
  type Vantage,
} from '@evac/core';

/** At least 0 and below 1, the same in every run: mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Nodes as EC2 names them, spread over the zones of a region. */
export function nodesOf(
  service: ServiceSettings,
  region: RegionName,
  count: number,
  launchedAt: number,
): Target[] {
  const random = createRandom(1);
  const zones = service.regions.find((r) => r.region === region)?.zones ?? [];
  return Array.from({ length: count }, (_, i): Target => {
    const hex = Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16)).join('');
    const zone = zones[i % zones.length];
    if (!zone) throw new Error(`${service.name} has no zone in ${region}`);
    return {
      kind: 'node',
      id: targetId(`node/i-0${hex}`),
      service: service.name,
      region,
      zone: zone.name,
      node: nodeId(`i-0${hex}`),
      address: { protocol: 'http', host: `10.0.${i >> 8}.${i & 255}`, port: service.port },
      launchedAt,
    };
  });
}

/** A round in which all is well: the cheap question to each target, or a generation where it is its turn. */
export function roundOf(ask: {
  service: ServiceSettings;
  vantage: Vantage;
  targets: Target[];
  nth: number;
  at: number;
  random: () => number;
}): Observation {
  const { service, vantage, targets, nth, at, random } = ask;
  const turns = Math.round(service.timing.deepIntervalMs / service.timing.intervalMs);
  const between = (from: number, to: number) => from + random() * (to - from);
  const outcome = (target: Target, check: 'shallow' | 'deep'): Outcome => {
    const latencyMs = check === 'deep' ? between(180, 900) : between(1, 9);
    const detail =
      check === 'deep'
        ? `4 tokens, finish_reason stop, first token in ${Math.round(latencyMs * 0.7)}ms`
        : `status 200 in ${Math.round(latencyMs)}ms`;
    const timings = {
      connectMs: between(0.3, 1),
      firstByteMs: latencyMs * 0.9,
      longestGapMs: check === 'deep' ? between(3, 30) : null,
      tokensPerSecond: null,
    };
    const found = {
      class: 'ok',
      reason: 'answered',
      target: target.id,
      check,
      at: at - Math.floor(between(0, check === 'deep' ? 700 : 990)),
      latencyMs,
      detail,
      timings,
    } as const;
    if (check === 'shallow') return found;
    const tokens = Math.floor(between(1e6, 9e7));
    const progress = { tokens, running: Math.floor(between(0, 12)), waiting: 0 };
    const firstTokenMs = latencyMs * 0.7;
    return {
      ...found,
      firstTokenMs,
      model: service.model ?? 'm',
      ...(target.kind === 'node' ? { progress } : {}),
    };
  };
  return {
    service: service.name,
    vantage: vantage.id,
    region: vantage.region,
    zone: vantage.zone,
    at,
    blind: false,
    outcomes: targets.map((target, i) =>
      outcome(target, service.deep && (i + nth) % turns === 0 ? 'deep' : 'shallow'),
    ),
  };
}
