import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip } from 'node:zlib';
import { UserError } from '../user-error.ts';

/** What a record's file holds, line by line, and not yet known to be what it should. */
export interface RawLine {
  /** From 1. */
  number: number;
  content: unknown;
}

/**
 * Gives each line of a record to `take`, without holding the file in memory. A process that was killed leaves its last
 * line cut off: that line is left out, and `cutOff` says so. Throws a UserError for a file that is missing (2), is no
 * gzip, is damaged or has a line that is not JSON (1).
 */
export async function readRecord(file: string, take: (line: RawLine) => void): Promise<{ cutOff: boolean }> {
  await mustBeGzip(file);
  let number = 0;
  let rest = '';
  const takeLine = (text: string) => {
    number += 1;
    if (text.trim() !== '') take({ number, content: parse(file, number, text) });
  };
  const decoder = new TextDecoder();
  // With a flush at the end, an end that is missing is no error.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  try {
    await pipeline(createReadStream(file), gunzip, async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        for (const text of lines) takeLine(text);
      }
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} is damaged after line ${number}: ${reason(error)}`, 1);
  }
  return { cutOff: rest !== '' };
}

async function mustBeGzip(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (!found) throw new UserError(`${file} does not exist; evac run --record ${file} writes one`);
  if (!found.isFile()) throw new UserError(`${file} is no file`);
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    if (bytesRead === 0) throw new UserError(`${file} is empty: nothing was judged before it ended`, 1);
    if (buffer[0] !== 0x1f || buffer[1] !== 0x8b)
      throw new UserError(`${file} is not gzip; a record is gzip-compressed JSON lines`, 1);
  } finally {
    await handle.close();
  }
}

function parse(file: string, number: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file} line ${number} is not JSON: ${reason(error)}`, 1);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
