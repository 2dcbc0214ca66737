import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { Output } from '../output.ts';
import { runReplay } from './run.ts';
import { config, judgementAt, serviceSettings } from './testing/judgement.ts';

const dir = mkdtempSync(join(tmpdir(), 'evac-replay-'));
afterAll(() => rmSync(dir, { recursive: true }));

const start = Date.parse('2026-11-21T10:00:00Z');
const settingsLine = { kind: 'settings', version: 1, digest: 'abc', scale: 1, settings: serviceSettings };
function judgement(at = start) {
  const { snapshot, decision } = judgementAt(at);
  return { kind: 'judgement', version: 1, at, settings: 'abc', snapshot, decision };
}
/** A judgement of which a version before this one made nothing at all. */
const missed = (at: number) => {
  const line = judgement(at);
  return { ...line, decision: { ...line.decision, moves: [] } };
};

let files = 0;
function record(lines: object[], tail = ''): string {
  const file = join(dir, `${++files}.jsonl.gz`);
  writeFileSync(file, gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join('') + tail));
  return file;
}
function configFile(content: object): string {
  const file = join(dir, `${++files}.json`);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

async function replay(file: string, other?: string) {
  const lines: string[] = [];
  let result: unknown;
  const output: Output = {
    json: false,
    color: false,
    line: (text = '') => lines.push(text),
    result: (value) => {
      result = value;
    },
    progress: () => {},
    paint: (_, text) => text,
  };
  const code = await runReplay(file, other === undefined ? {} : { config: other }, output);
  return { code, lines, text: lines.join('\n'), result };
}

describe('with the recorded settings', () => {
  it('the same decisions are told in two lines', async () => {
    const file = record([settingsLine, judgement(), judgement(start + 5_000)]);
    const { code, lines, result } = await replay(file);
    expect({ code, lines }).toEqual({
      code: 0,
      lines: [
        `${file}: 2 judgements (2 of llm by us-west-2), 2026-11-21T10:00:00.000Z to 10:00:05.000Z`,
        'with the recorded settings all 2 are decided as they were',
      ],
    });
    expect(result).toMatchObject({
      config: null,
      ok: true,
      judgements: 2,
      decided: 2,
      different: 0,
      changes: [],
      problems: [],
    });
  });

  it('a thousand times the same regression is one change with a count, its first time and its last', async () => {
    const lines = Array.from({ length: 1_000 }, (_, i) => missed(start + i * 1_000));
    const { code, text, result } = await replay(record([settingsLine, ...lines]));
    expect(code).toBe(1);
    expect(text).toContain('with the recorded settings 1000 of 1000 are decided otherwise');
    expect(result).toMatchObject({ ok: false, different: 1_000 });
    expect(Object(result).changes.filter((c: { kind: string }) => c.kind === 'move-added')).toMatchObject([
      {
        cell: 'us-west-2',
        move: 'replace-node',
        subject: 'us-west-2/us-west-2a/i-a1',
        count: 1_000,
        firstAt: start,
        lastAt: start + 999_000,
      },
    ]);
  });

  it('shows what was decided and what would be, with both sentences', async () => {
    const { lines } = await replay(record([settingsLine, missed(start)]));
    expect(lines.slice(1)).toEqual([
      'with the recorded settings 1 of 1 are decided otherwise',
      '',
      'replace-node of us-west-2/us-west-2a/i-a1, by us-west-2: 1 judgement, at 2026-11-21T10:00:00.000Z',
      '  recorded  not considered: it is dead: 2 of 2 vantages find it failing: connect-refused (connection refused)',
      '  now       begins: 2 of 2 vantages: connect-refused (connection refused)',
    ]);
  });

  it('another verdict is a regression as well', async () => {
    const line = judgement();
    const { verdicts } = line.decision;
    const fleet = { ...verdicts.fleet, verdict: 'overloaded' as const };
    const changed = { ...line, decision: { ...line.decision, verdicts: { ...verdicts, fleet } } };
    const { code, text } = await replay(record([settingsLine, changed]));
    expect(code).toBe(1);
    expect(text).toContain(
      'the verdict on fleet, by us-west-2: 1 judgement, at 2026-11-21T10:00:00.000Z\n  recorded  it is overloaded: ',
    );
  });
});

describe('with another config', () => {
  it('the difference is an answer, and not a failure', async () => {
    const file = record([settingsLine, judgement(), judgement(start + 5_000)]);
    const other = configFile(config({ policy: 'observe' }));
    const { code, lines } = await replay(file, other);
    expect(code).toBe(0);
    expect(lines.slice(1)).toEqual([
      `with ${other} 2 of 2 are decided otherwise`,
      '',
      'replace-node of us-west-2/us-west-2a/i-a1, by us-west-2: 2 judgements, 2026-11-21T10:00:00.000Z to 10:00:05.000Z',
      '  recorded  begins: 2 of 2 vantages: connect-refused (connection refused)',
      '  instead   refused by approval: the policy of replace-node is observe; a person starts it, or policy.replace-node becomes approve or automatic',
    ]);
  });

  it('waiting for a person is a difference', async () => {
    const { text } = await replay(
      record([settingsLine, judgement()]),
      configFile(config({ policy: 'approve' })),
    );
    expect(text).toContain('  instead   begins, and waits for approval: 2 of 2 vantages');
  });

  it('the same config makes none', async () => {
    const { code, text } = await replay(record([settingsLine, judgement()]), configFile(config()));
    expect(code).toBe(0);
    expect(text).toMatch(/all 1 are decided as they were$/);
  });

  it("its durations run as fast as the record's cells did", async () => {
    const stale = judgement();
    // Fresh for 15 s at its own speed; at a fifth of it, the last observations are older than that.
    const health = stale.snapshot.health.map((h) => ({
      ...h,
      checks: { shallow: { ...h.checks.shallow, lastAt: start - 4_000 } },
    }));
    const aged = { ...stale, snapshot: { ...stale.snapshot, health } };
    const using = configFile(config());
    const outcome = async (scale: number) =>
      Object((await replay(record([{ ...settingsLine, scale }, aged]), using)).result).different;
    expect([await outcome(1), await outcome(0.2)]).toEqual([0, 1]);
  });

  it('says which settings the evidence cannot show', async () => {
    const other = configFile(config({ thresholds: { drainAfter: 3 }, timing: { interval: '6s' } }));
    const { code, text } = await replay(record([settingsLine, judgement()]), other);
    expect(code).toBe(0);
    expect(text).toContain(
      'note: replay cannot follow timing.interval, thresholds.drainAfter: the evidence was asked and counted as recorded',
    );
  });

  it('a difference that this version makes by itself is a problem', async () => {
    const { code, text } = await replay(record([settingsLine, missed(start)]), configFile(config()));
    expect(code).toBe(1);
    expect(text).toContain(
      'line 2: even with the recorded settings it is decided otherwise now: replay without --config shows how',
    );
  });

  it.each([
    [
      'has no service "llm"; it has chat',
      { controls: config().controls, services: { chat: config().services.llm } },
    ],
    [
      'has no region "us-west-2" for llm; it has eu-west-1',
      config({
        regions: [
          {
            name: 'eu-west-1',
            groups: ['llm'],
            endpoint: 'https://eu.test',
            zones: [{ name: 'eu-west-1a', id: 'euw1-az1' }],
          },
        ],
      }),
    ],
  ])('a config that %s', async (said, content) => {
    const { code, text } = await replay(
      record([settingsLine, judgement(), judgement()]),
      configFile(content),
    );
    expect(code).toBe(1);
    expect(text).toContain(`2 lines, the first is 2: `);
    expect(text).toContain(said);
  });

  it('a config with errors is told with all of them', async () => {
    const other = configFile({ controls: [], services: {} });
    await expect(replay(record([settingsLine]), other)).rejects.toThrow(
      /has errors\n {2}controls \[\] must .*\n {2}services \{\} must /,
    );
  });
});

describe('a record with gaps', () => {
  it('of another version says what it lacks, and decides the rest', async () => {
    const { pauses: _, ...old } = judgement().snapshot;
    const file = record([settingsLine, { ...judgement(), snapshot: old }, judgement(), { kind: 'weather' }]);
    const { code, lines } = await replay(file);
    expect(code).toBe(1);
    expect(lines.slice(1)).toEqual([
      'with the recorded settings all 1 are decided as they were',
      '',
      'line 2: it lacks snapshot.pauses, so it cannot be decided',
    ]);
  });

  it('settings that lack something still allow the question about another config', async () => {
    const { limits: _, ...old } = serviceSettings;
    const file = record([{ ...settingsLine, settings: old }, judgement()]);
    const lacks = 'line 2: settings abc lack settings.limits, so their judgements cannot be checked';
    const checked = await replay(file);
    expect(checked).toMatchObject({ code: 1, result: { judgements: 1, decided: 0, different: 0 } });
    expect(checked.text).toContain(lacks);
    const asked = await replay(file, configFile(config({ policy: 'observe' })));
    expect(asked).toMatchObject({ code: 1, result: { decided: 1, different: 1 } });
    expect(asked.text).toContain(lacks);
  });

  it('a judgement before its settings, and one that no guard can read', async () => {
    const broken = { ...judgement(), snapshot: { ...judgement().snapshot, incidents: [], requests: null } };
    const { code, text } = await replay(record([judgement(), settingsLine, broken]));
    expect(code).toBe(1);
    expect(text).toContain('line 1: no line before it holds its settings, abc');
    expect(text).toMatch(/line 3: it cannot be decided: .+/);
  });

  it('a last line that is cut off is a note, and no problem', async () => {
    const { code, text, result } = await replay(record([settingsLine, judgement()], '{"kind":"judg'));
    expect({ code, result }).toMatchObject({ code: 0, result: { cutOff: true, judgements: 1 } });
    expect(text).toContain('note: the last line is cut off and was left out');
  });

  it('no judgement at all is no failure', async () => {
    const file = record([settingsLine]);
    const { code, lines } = await replay(file);
    expect(code).toBe(0);
    expect(lines).toEqual([
      `${file}: no judgement`,
      '',
      'note: a cell in good order judges nothing, and records nothing',
    ]);
  });
});
