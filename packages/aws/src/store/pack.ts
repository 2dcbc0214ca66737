import { createHash } from 'node:crypto';
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync } from 'node:zlib';
import type { Observation, Outcome } from '@evac/core';

/** Of one part, packed: well below an item's 400 KB, and a stream's record fits a function's event many times over. */
const maxBytes = 300_000;

/** Before what brotli has packed; gzip, which earlier versions packed with, begins with 0x1f. */
const brotli = 1;
/** Of what is unpacked: far more than all targets' health. */
const maxOutputLength = 100_000_000;
/** An eighth smaller than gzip's best, and no slower; what is beyond it takes ten times as long. */
const quality = 5;

export function packText(content: string): Uint8Array {
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
  return Buffer.concat([Uint8Array.of(brotli), brotliCompressSync(content, { params })]);
}

export function unpackText(packed: Uint8Array): string {
  const unpacked =
    packed[0] === brotli
      ? brotliDecompressSync(packed.subarray(1), { maxOutputLength })
      : gunzipSync(packed, { maxOutputLength });
  return unpacked.toString('utf8');
}

/** JSON, compressed. */
export function pack(value: unknown): Uint8Array {
  return packText(JSON.stringify(value));
}

/** What {@link pack} was given. */
export function unpack<T>(packed: Uint8Array): T {
  const value: T = JSON.parse(unpackText(packed));
  return value;
}

/** The list in its order, in as few halvings as make every part small enough; one part where it is empty. */
export function packList(list: readonly unknown[]): Uint8Array[] {
  return packHalves(list, (part) => part);
}

/** Each part is an observation of its own, with some of the outcomes, and of these what is judged by. */
export function packObservation(observation: Observation): Uint8Array[] {
  return packHalves(observation.outcomes.map(judgedBy), (outcomes) => ({ ...observation, outcomes }));
}

/**
 * A probe's clock has more digits than its answer has meaning, a good answer to the cheap question needs no sentence, and
 * nobody asks later how long each step of a probe took: that was more than half of an observation.
 */
function judgedBy({ timings: _, ...outcome }: Outcome): Outcome {
  const latencyMs = Math.round(outcome.latencyMs * 10) / 10;
  const { firstTokenMs } = outcome;
  const told = {
    ...outcome,
    latencyMs,
    ...(firstTokenMs !== undefined && { firstTokenMs: Math.round(firstTokenMs) }),
  };
  return outcome.class === 'ok' && outcome.check === 'shallow' ? { ...told, detail: outcome.reason } : told;
}

function packHalves<T>(list: readonly T[], around: (part: readonly T[]) => unknown): Uint8Array[] {
  const packed = pack(around(list));
  if (packed.byteLength <= maxBytes || list.length <= 1) return [packed];
  const half = Math.ceil(list.length / 2);
  return [...packHalves(list.slice(0, half), around), ...packHalves(list.slice(half), around)];
}

/** Names a content: 128 bits, no two contents share one. */
export function digest(content: string): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 22);
}
