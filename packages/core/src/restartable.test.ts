import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from './incident.ts';
import type { Reason } from './outcome.ts';
import { restartable } from './restartable.ts';
import { incident, nodeSubject, nodes, now } from './testing/snapshot.ts';

const node = nodes[0]!.id;
const day = 86_400_000;
const asked = (reason: Reason, detail = 'no answer') =>
  restartable({ reason, detail }, node, [], now).restart;

const restarted = (ago: number, phase: IncidentEvent['phase'] = 'intent', id: string = node) =>
  incident({
    subject: nodeSubject(id),
    events: [{ seq: 1, at: now - ago, step: 'restart', phase, text: '' }],
  });
const after = (...incidents: ReturnType<typeof incident>[]) =>
  restartable({ reason: 'hung', detail: '' }, node, incidents, now);

describe('a restart comes first', () => {
  it.each([
    'hung',
    'lost',
    'stream-stalled',
    'first-token-timeout',
    'headers-timeout',
    'no-tokens',
    'unavailable',
    'engine-error',
    'status-5xx',
    'connection-reset',
  ] as const)('for %s: a process is there and does not work', (reason) => {
    expect(asked(reason)).toBe(true);
  });

  it.each([
    ['connect-refused', 'no process is there'],
    ['connect-timeout', 'nothing is reached'],
    ['tls-failed', 'a certificate stays what it is'],
    ['garbage-answer', 'a GPU or a release'],
    ['wrong-answer', 'a GPU or a release'],
    ['wrong-model', 'the same model would load again'],
    ['loading', 'it does so already'],
    ['overloaded', 'more work than capacity'],
    ['not-found', 'our own mistake'],
    ['vantage-blind', 'no evidence'],
  ] as const)('never for %s: %s', (reason, _why) => {
    expect(asked(reason)).toBe(false);
  });

  it.each([
    'status 500 "EngineCore encountered an issue: CUDA error: an illegal memory access"',
    'cudaErrorLaunchFailure',
    'CUBLAS_STATUS_EXECUTION_FAILED',
    'NVRM: Xid (PCI:0000:10): 63',
    'uncorrectable ECC error',
    'HIP error: invalid device function',
    'no GPU found',
  ])('never for a broken GPU: %s', (detail) => {
    for (const reason of ['engine-error', 'status-5xx', 'unavailable'] as const) {
      expect(asked(reason, detail)).toBe(false);
    }
  });

  it('for what only resembles the words of a GPU', () => {
    expect(asked('status-5xx', 'status 500 "NCCL timeout in an eccentric barracuda"')).toBe(true);
  });
});

describe('once a day', () => {
  it('not again within a day of the last one, however that ended', () => {
    expect(after(restarted(60_000))).toEqual({
      restart: false,
      because: 'it was restarted 1m ago already',
    });
    expect(after(restarted(2 * day), restarted(day - 1)).restart).toBe(false);
  });

  it('again after a day', () => {
    expect(after(restarted(day)).restart).toBe(true);
  });

  it('another node’s restart does not count, nor one that was only thought of', () => {
    expect(after(restarted(60_000, 'intent', 'i-b1'), restarted(60_000, 'note')).restart).toBe(true);
  });
});
