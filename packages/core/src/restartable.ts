import type { NodeId } from './ids.ts';
import type { Incident } from './incident.ts';
import type { Reason } from './outcome.ts';
import { formatDuration } from './time.ts';

const day = 86_400_000;

/**
 * Whether a new server process may end what fails (FACTS 1, failure taxonomy). Yes where a process is there and does
 * not work: hangs (vllm#17972, TensorRT-LLM#4441), lost requests (sglang#33858), a scheduler that died behind a living
 * API (sglang#6624, vllm#39863), stalled streams (vllm-metal#199), 503 without end (TensorRT-LLM#18663).
 */
const processMayBeIt: Record<Reason<'failed'>, boolean> = {
  'connection-reset': true,
  'connection-closed': true,
  'headers-timeout': true,
  'body-timeout': true,
  'too-slow': true,
  'status-5xx': true,
  unavailable: true,
  'first-token-timeout': true,
  'stream-stalled': true,
  'stream-cut': true,
  'no-tokens': true,
  'no-finish-reason': true,
  'engine-error': true,
  hung: true,
  lost: true,

  // Nothing is there to be restarted: what supervises the process has not brought it back either, and a process that
  // a wedged GPU keeps cannot come back at all (vllm#25127).
  'connect-refused': false,
  // The network or the machine.
  'name-not-resolved': false,
  'connect-timeout': false,
  'tls-failed': false,
  // The same release and config would answer the same again; garbage is a GPU's or a release's (vllm#22881, #14126).
  'protocol-error': false,
  'assertion-failed': false,
  'body-too-large': false,
  'invalid-json': false,
  'invalid-utf8': false,
  'wrong-model': false,
  'wrong-answer': false,
  'garbage-answer': false,
};

/** What servers say of a broken GPU (vllm#36960, llama.cpp#13281, Xid 48/63/94): the same machine would fail again. */
const gpuFault = /\b(?:cuda|cublas|cudnn|nvml|xid|gpu|hip ?error)|\becc\b/i;

/** Why a node is called dead, as its verdict quotes it. */
export interface Failure {
  reason: Reason;
  /** What the server said is looked through for signs of a broken GPU. */
  detail: string;
}

/**
 * Whether to restart a node's server before replacing the node: only for what a new process may end, and once a day. The
 * second time it is the machine (NCCL hangs that repeat, vllm#5484). `incidents` are those of the last day at least.
 */
export function restartable(
  { reason, detail }: Failure,
  node: NodeId,
  incidents: readonly Incident[],
  now: number,
): { restart: boolean; because: string } {
  if (!isFailed(reason) || !processMayBeIt[reason]) {
    return { restart: false, because: `a restart does not mend ${reason}` };
  }
  const sign = gpuFault.exec(detail)?.[0];
  if (sign !== undefined)
    return { restart: false, because: `${reason} with "${sign}": the GPU, not the process` };
  const last = lastRestart(node, incidents);
  if (last !== null && now - last < day) {
    return { restart: false, because: `it was restarted ${formatDuration(now - last)} ago already` };
  }
  return { restart: true, because: `a restart may mend ${reason}` };
}

function isFailed(reason: Reason): reason is Reason<'failed'> {
  return Object.hasOwn(processMayBeIt, reason);
}

function lastRestart(node: NodeId, incidents: readonly Incident[]): number | null {
  const begun = incidents
    .filter(({ subject }) => subject.kind === 'node' && subject.node === node)
    .flatMap(({ events }) => events.filter((e) => e.step === 'restart' && e.phase === 'intent'));
  return begun.length === 0 ? null : Math.max(...begun.map((e) => e.at));
}
