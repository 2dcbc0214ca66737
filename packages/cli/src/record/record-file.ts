import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';

/** One gzip file that is being written. */
export interface RecordFile {
  /** Resolves when the text has left this process; rejects when the file cannot be written any more. */
  write(text: string): Promise<void>;
  /** Compressed bytes so far. */
  size(): number;
  close(): Promise<void>;
}

/**
 * Begins the file anew. What was there becomes `file.1`, what was that becomes `file.2`, and so on up to `keep`: a
 * process that is started again with the same arguments does not overwrite what the one before it has seen.
 */
export async function beginFile(file: string, keep: number): Promise<RecordFile> {
  await mkdir(dirname(file), { recursive: true });
  await makeRoom(file, keep);
  const out = createWriteStream(file, { flags: 'wx' });
  await new Promise((resolve, reject) => out.once('open', resolve).once('error', reject));
  const gzip = createGzip();
  const written = pipeline(gzip, out);
  // Whoever writes next hears of it; until then it is nobody's unhandled rejection.
  written.catch(() => {});
  // As it is compressed, not as the disk takes it: that comes later, the later the busier the machine.
  let size = 0;
  gzip.on('data', (chunk: Buffer) => {
    size += chunk.length;
  });
  return {
    async write(text) {
      gzip.write(text);
      const flushed = new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, resolve));
      await Promise.race([flushed, written]);
    },
    size: () => size,
    async close() {
      gzip.end();
      await written;
    },
  };
}

async function makeRoom(file: string, keep: number): Promise<void> {
  const name = (n: number) => (n === 0 ? file : `${file}.${n}`);
  if (keep === 0) await rm(file, { force: true });
  for (let n = keep - 1; n >= 0; n--) {
    await rename(name(n), name(n + 1)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}
