import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Address,
  type HttpAsk,
  type Outcome,
  type ProbeAsk,
  type ProbePort,
  type ProgressAsk,
  regionName,
  type StreamAsk,
  serviceName,
  type Target,
  targetId,
} from '@evac/core';
import { createProbe } from '../create-probe.ts';

export const clock = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal && { signal }),
};
export const random = { next: () => 0.5 };

export function target(port: number, address: Partial<Address> = {}): Target {
  return {
    kind: 'region',
    id: targetId('us-east-1'),
    service: serviceName('chat'),
    region: regionName('us-east-1'),
    launchedAt: 0,
    address: { protocol: 'http', host: '127.0.0.1', port, ...address },
  };
}

/** Patient enough for a busy machine; a test of a timeout sets its own. */
const patientMs = 30_000;

export const httpAsk = (ask: Partial<HttpAsk> = {}): HttpAsk => ({
  kind: 'http',
  method: 'GET',
  path: '/health',
  headers: {},
  body: null,
  assertions: [],
  followRedirects: 0,
  maxBodyBytes: 65_536,
  overloadPattern: 'overloaded|no capacity|queue is full',
  loadingPattern: 'loading model',
  timeoutMs: patientMs,
  connection: 'fresh',
  ...ask,
});

export const streamAsk = (ask: Partial<StreamAsk> = {}): StreamAsk => ({
  kind: 'openai-stream',
  path: '/v1/chat/completions',
  api: 'chat',
  headers: {},
  model: 'm1',
  prompt: 'What is 2+2? Answer with one number.',
  maxTokens: 8,
  nonce: true,
  firstTokenMs: patientMs,
  longestGapMs: patientMs,
  accepted: null,
  maxBodyBytes: 65_536,
  overloadPattern: 'overloaded',
  loadingPattern: 'loading model',
  timeoutMs: patientMs,
  connection: 'fresh',
  ...ask,
});

export const progressAsk = (ask: Partial<ProgressAsk> = {}): ProgressAsk => ({
  path: '/metrics',
  port: null,
  timeoutMs: patientMs,
  tokens: ['vllm:generation_tokens_total'],
  running: ['vllm:num_requests_running'],
  waiting: ['vllm:num_requests_waiting'],
  gapMs: 10,
  ...ask,
});

type Rest = Partial<Omit<Parameters<ProbePort['ask']>[0], 'target' | 'probe'>> & { ca?: string[] };

/** Asks once with a probe of its own. */
export async function askOnce(asked: Target, probe: ProbeAsk, { ca, ...rest }: Rest = {}): Promise<Outcome> {
  const port = createProbe({ clock, random, ...(ca && { ca }) });
  try {
    return await port.ask({ target: asked, check: 'shallow', probe, progress: null, model: null, ...rest });
  } finally {
    port.close();
  }
}

/** `failed headers-timeout`, as the tables of docs/probe.md name it. */
export const finding = (outcome: Outcome): string => `${outcome.class} ${outcome.reason}`;
