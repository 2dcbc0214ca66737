import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import type { Judgement } from '@evac/workflow';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { judgementAt, serviceSettings } from '../replay/testing/judgement.ts';
import { type RawLine, readRecord } from './read-record.ts';
import { createRecorder } from './recorder.ts';

const dir = mkdtempSync(join(tmpdir(), 'evac-record-'));
afterAll(() => rmSync(dir, { recursive: true }));
let files = 0;
const fresh = () => join(dir, `${++files}`, 'night.jsonl.gz');
const fail = (error: Error) => {
  throw error;
};

async function read(file: string) {
  const lines: RawLine[] = [];
  const { cutOff } = await readRecord(file, (line) => lines.push(line));
  return { lines, kinds: lines.map(({ content }) => Object(content).kind), cutOff };
}

async function recorded(judgements: Judgement[], options: { file?: string; maxBytes?: number } = {}) {
  const file = options.file ?? fresh();
  const recorder = await createRecorder({ file, scale: 0.2, onError: fail, ...options });
  for (const judgement of judgements) recorder.record(judgement, serviceSettings);
  await recorder.close();
  return file;
}

describe('a record', () => {
  it('holds the settings once, and each judgement as it was', async () => {
    const file = await recorded([judgementAt(1), judgementAt(2)]);
    const { lines, kinds, cutOff } = await read(file);
    expect({ kinds, cutOff }).toEqual({ kinds: ['settings', 'judgement', 'judgement'], cutOff: false });
    const { snapshot, decision } = judgementAt(2);
    const { digest } = Object(lines[0]?.content);
    expect(digest).toMatch(/^[0-9a-f]{12}$/);
    expect(lines[0]?.content).toMatchObject({ scale: 0.2, settings: serviceSettings });
    expect(lines[2]).toMatchObject({
      number: 3,
      content: { version: 1, at: 2, settings: digest, snapshot, decision },
    });
  });

  it('can be read up to its last judgement while it is still being written, or was killed', async () => {
    const file = fresh();
    const recorder = await createRecorder({ file, scale: 1, onError: fail });
    recorder.record(judgementAt(1), serviceSettings);
    await expect.poll(async () => (await read(file)).kinds).toEqual(['settings', 'judgement']);
    await recorder.close();
  });

  it('whose end is missing gives every whole line, and says so', async () => {
    const file = await recorded([judgementAt(1), judgementAt(2), judgementAt(3)]);
    const whole = readFileSync(file).length;
    truncateSync(file, whole - 40);
    const { kinds, cutOff } = await read(file);
    expect(kinds.slice(0, 2)).toEqual(['settings', 'judgement']);
    expect(cutOff).toBe(true);
  });

  it('puts what is there already aside', async () => {
    const file = await recorded([judgementAt(1)]);
    await recorded([judgementAt(2)], { file });
    const at = async (name: string) => Object((await read(name)).lines[1]?.content).at;
    expect([await at(file), await at(`${file}.1`)]).toEqual([2, 1]);
  });

  it('begins another file when one is full, with its own settings, and keeps four, also on a slow disk', async () => {
    const file = fresh();
    const write = fs.write;
    const slow = (...args: unknown[]) => void setTimeout(() => Reflect.apply(write, fs, args), 50);
    onTestFinished(vi.spyOn(fs, 'write').mockImplementation(slow as never).mockRestore);
    await recorded([1, 2, 3, 4, 5, 6].map(judgementAt), { file, maxBytes: 1 });
    const kept = readdirSync(join(file, '..')).toSorted();
    expect(kept).toEqual(['night.jsonl.gz', 'night.jsonl.gz.1', 'night.jsonl.gz.2', 'night.jsonl.gz.3']);
    expect((await read(`${file}.1`)).lines).toMatchObject([
      { content: { kind: 'settings' } },
      { content: { kind: 'judgement', at: 6 } },
    ]);
  });

  it('that cannot be begun is said at once', async () => {
    const inTheWay = join(dir, 'in-the-way');
    writeFileSync(inTheWay, '');
    await expect(recorded([], { file: join(inTheWay, 'x.gz') })).rejects.toThrow(
      /^--record .*in-the-way\/x\.gz cannot be written: /,
    );
  });

  it('that cannot be written any more ends, once, and says why', async () => {
    const file = fresh();
    const said: string[] = [];
    const recorder = await createRecorder({
      file,
      scale: 1,
      maxBytes: 1,
      onError: ({ message }) => said.push(message),
    });
    rmSync(join(file, '..'), { recursive: true });
    // The next file's folder is made again; a file in its place cannot be.
    writeFileSync(join(file, '..'), '');
    recorder.record(judgementAt(1), serviceSettings);
    await expect.poll(() => said).toEqual([expect.stringMatching(/EEXIST|ENOTDIR/)]);
    recorder.record(judgementAt(2), serviceSettings);
    await recorder.close();
    expect(said).toHaveLength(1);
  });
});

describe('what is no record', () => {
  const write = (name: string, content: string | Buffer) => {
    const file = join(dir, name);
    writeFileSync(file, content);
    return file;
  };
  it.each<[what: string, file: () => string, said: RegExp]>([
    ['missing', () => 'no.gz', /^no\.gz does not exist; evac run --record no\.gz writes one$/],
    ['a folder', () => dir, /is no file$/],
    ['empty', () => write('empty', ''), /empty is empty: nothing was judged before it ended$/],
    [
      'plain text',
      () => write('plain', '{}\n'),
      /plain is not gzip; a record is gzip-compressed JSON lines$/,
    ],
    [
      'gzip of something else',
      () => write('text.gz', gzipSync('{"kind":"settings"}\n\nhello\n')),
      /text\.gz line 3 is not JSON: Unexpected token/,
    ],
    [
      'gzip that is damaged',
      () => {
        const bytes = gzipSync(`{}\n${'"x"\n'.repeat(9)}`, { finishFlush: constants.Z_SYNC_FLUSH });
        return write('damaged.gz', Buffer.concat([bytes, Buffer.from('\u0007 no deflate')]));
      },
      /damaged\.gz is damaged after line \d+: /,
    ],
  ])('%s', async (_, file, said) => {
    await expect(read(file())).rejects.toThrow(said);
  });

  it('the gzip that a person makes is one', async () => {
    const file = await recorded([judgementAt(1)]);
    const again = write('again.gz', gzipSync(gunzipSync(readFileSync(file))));
    expect((await read(again)).kinds).toEqual(['settings', 'judgement']);
  });
});
