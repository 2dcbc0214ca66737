import { createHash } from 'node:crypto';
import { type RecordLine, recordVersion, type ServiceSettings } from '@evac/core';
import type { Judgement } from '@evac/workflow';
import { UserError } from '../user-error.ts';
import { beginFile, type RecordFile } from './record-file.ts';

interface RecorderOptions {
  file: string;
  /** What the settings' durations were multiplied by: 0.2 runs five times faster. */
  scale: number;
  /** Compressed; a file that has grown to this is put aside and another is begun. */
  maxBytes?: number;
  /** Told once: recording has ended, judging goes on. */
  onError(error: Error): void;
}

export interface Recorder {
  /** Neither waits nor throws: recording must not hold up a judgement. */
  record(judgement: Judgement, settings: ServiceSettings): void;
  /** Writes what is left, and the end of the file. */
  close(): Promise<void>;
}

const mebibyte = 1_048_576;
/** With the file that grows: at most 128 MiB on disk. */
const defaultMaxBytes = 32 * mebibyte;
const earlierFiles = 3;
/** Characters: a disk that stands still must not fill the memory. */
const mostWaiting = 64 * mebibyte;

interface Waiting {
  digest: string;
  settings: ServiceSettings;
  text: string;
}

/**
 * Keeps every judgement as one gzip-compressed JSON line, flushed one by one: a process that is killed leaves a file
 * that can be read up to its last judgement. Throws a UserError where the file cannot be begun.
 */
export async function createRecorder(options: RecorderOptions): Promise<Recorder> {
  const { file, scale, maxBytes = defaultMaxBytes, onError } = options;
  let current = await beginFile(file, earlierFiles).catch((error: Error) => {
    throw new UserError(`--record ${file} cannot be written: ${error.message}`);
  });
  /** Each file says the settings that it names, so that it can be read alone. */
  let said = new Set<string>();
  let waiting: Waiting[] = [];
  let size = 0;
  let pumping: Promise<void> | null = null;
  let ended = false;

  const write = async ({ digest, settings, text }: Waiting): Promise<void> => {
    if (!said.has(digest)) {
      said.add(digest);
      await current.write(line({ kind: 'settings', version: recordVersion, digest, scale, settings }));
    }
    await current.write(text);
    if (current.size() < maxBytes) return;
    current = await next(current, file);
    said = new Set();
  };
  const pump = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      size -= one.text.length;
      await write(one);
    }
    pumping = null;
  };
  const give = (error: Error) => {
    ended = true;
    waiting = [];
    onError(error);
  };

  return {
    record({ snapshot, decision }, settings) {
      if (ended) return;
      const digest = digestOf(settings);
      const text = line({
        kind: 'judgement',
        version: recordVersion,
        at: decision.at,
        settings: digest,
        snapshot,
        decision,
      });
      if (size + text.length > mostWaiting) return give(new Error('the disk does not keep up'));
      size += text.length;
      waiting.push({ digest, settings, text });
      pumping ??= pump().catch(give);
    },
    async close() {
      await pumping;
      ended = true;
      await current.close().catch(() => {});
    },
  };
}

async function next(current: RecordFile, file: string): Promise<RecordFile> {
  await current.close();
  return beginFile(file, earlierFiles);
}

const line = (content: RecordLine) => `${JSON.stringify(content)}\n`;

/** Twelve hex digits of SHA-256: to tell a handful of settings apart, not to protect them. */
function digestOf(settings: ServiceSettings): string {
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 12);
}
