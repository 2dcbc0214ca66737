import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

/** The command as a person runs it: a process of its own, its two outputs and its exit code. */

const bin = fileURLToPath(new URL('../bin/evac.js', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));
const example = join(root, 'evac.config.ts');
const dir = mkdtempSync(join(tmpdir(), 'evac-cli-'));
afterAll(() => rmSync(dir, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(args: string[], options: { cwd?: string; env?: Record<string, string>; node?: string } = {}) {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  return spawn(options.node ?? process.execPath, [bin, ...args], {
    cwd: options.cwd ?? root,
    env: { ...env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function evac(args: string[], options: Parameters<typeof start>[1] = {}): Promise<Run> {
  const child = start(args, options);
  const run: Run = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    run.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    run.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...run, code }));
  });
}

const spoiled = readFileSync(example, 'utf8').replace("interval: '5s'", "interval: '2s', gras: 1");

describe('evac cost', () => {
  it('prints a bill whose lines add up, and the same as one object', async () => {
    const { code, stdout, stderr } = await evac(['cost', '--nodes', '50']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\.\/evac\.config\.ts: 50 nodes a service, list prices of \d{4}-\d\d, a month\n/);
    const { monthly, lines } = JSON.parse((await evac(['cost', '--nodes', '50', '--json'])).stdout);
    const sum = lines.reduce((all: number, line: { monthly: number }) => all + line.monthly, 0);
    expect(monthly).toBeCloseTo(sum, 6);
    expect(stdout).toContain(`$${monthly.toFixed(2)}  in all`);
  });

  it('of a config with mistakes names the first, and where to see all', async () => {
    const { code, stderr } = await evac(['cost', file('costly.ts', spoiled)]);
    expect(code).toBe(1);
    expect(stderr).toContain('see evac validate');
  });

  it('of no number of nodes is wrong usage', async () => {
    expect(await evac(['cost', '--nodes', 'many'])).toMatchObject({ code: 2 });
  });
});

describe('evac validate', () => {
  it('says what a good config means', async () => {
    const { code, stdout, stderr } = await evac(['validate']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      './evac.config.ts: no errors, no warnings',
      '',
      'llm: vllm on port 8000, Qwen/Qwen3-8B',
      '  regions   us-west-2 (weight 100): us-west-2a usw2-az1, us-west-2b usw2-az2, us-west-2c usw2-az3; llm-us-west-2',
      '            us-east-1 (weight 100): us-east-1a use1-az1, us-east-1b use1-az2, us-east-1c use1-az4; llm-us-east-1',
      '  asks      GET /health every 5s, timeout 3s',
      '            a generation of 8 tokens at /v1/chat/completions every 30s, timeout 20s',
      '            progress counters at /metrics',
      '  acts      drains after 2 failures, replaces after 4, clears after 3 successes',
      '            a node younger than 20m may still be starting',
      '  at worst  a crashed node is confirmed after 6s = interval 5s + fastInterval 1s',
      '            a hanging node is confirmed after 12s = interval 5s + fastInterval 1s + 2 × timeout 3s',
      '            a hanging generation is confirmed after 1m20s = 2 × deepInterval 30s + deepTimeout 20s',
      '            a lost zone is confirmed after 17s = 2 × interval 5s + fastInterval 1s + 2 × timeout 3s',
      '  clients   llm.example.com, moved by switch: the last one leaves a lost region 42s after its loss, and the move itself',
      '  promise   recovery within 2m',
      '  policy    replace-node observe, evacuate-zone observe, fail-over-region observe, fail-back observe',
      '',
    ]);
  });

  it('tells all mistakes of a bad one, wherever it lies', async () => {
    const path = file('bad.config.ts', spoiled);
    const { code, stdout, stderr } = await evac(['validate', path], { cwd: dir });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'errors',
      '  services.llm.timing.gras 1 is no setting; did you mean "grace"?',
      '  services.llm.timing.timeout "3s" is longer than its interval, 2s: the next round would begin before this one has ended; 2s or less would be right, or an interval of 3s or more (it is a default)',
      '',
      `${path}: 2 errors, no warnings`,
      '',
    ]);
  });

  it('warns without failing', async () => {
    const path = file(
      'warning.config.ts',
      readFileSync(example, 'utf8').replace("grace: '20m'", "grace: '5m'"),
    );
    const { code, stdout } = await evac(['validate', path]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^warnings\n {2}services\.llm\.timing\.grace "5m" is shorter than /);
    expect(stdout).toContain(': no errors, 1 warning\n');
    expect(stdout).toContain('  promise   recovery within 2m\n');
  });

  it('prints one object with --json, for a good config and a bad one', async () => {
    const good = await evac(['validate', '--json']);
    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({
      file: './evac.config.ts',
      ok: true,
      problems: [],
      services: [{ name: 'llm', preset: 'vllm', recoveryMs: 120_000, worstCase: { hang: { ms: 12_000 } } }],
    });
    const path = file('bad-json.config.ts', spoiled);
    const bad = await evac(['validate', path, '--json']);
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      file: path,
      ok: false,
      problems: [
        { severity: 'error', path: 'services.llm.timing.gras', value: 1 },
        { severity: 'error', path: 'services.llm.timing.timeout', value: '3s' },
      ],
      services: null,
    });
  });

  it('reads JSON as well', async () => {
    const { code, stdout } = await evac(['validate', file('empty.json', '{"controls": [], "services": {}}')]);
    expect(code).toBe(1);
    expect(stdout).toContain('  services {} must hold at least one service');
  });

  const unreadable: [name: string, text: string, code: number, said: RegExp][] = [
    [
      'config.yaml',
      'a: 1',
      2,
      /^evac: .*config\.yaml is no config file; one ends in \.ts, \.mts, \.js, \.mjs, \.json\n$/,
    ],
    [
      'none.ts',
      'export const a = 1;',
      1,
      /^evac: .*none\.ts has no default export; "export default defineConfig\(\{ … \}\)" is one\n$/,
    ],
    [
      'throws.ts',
      'throw new Error("boom"); export default {};',
      1,
      /^evac: .*throws\.ts cannot be imported: Error: boom\n$/,
    ],
    ['syntax.ts', 'export default {', 1, /^evac: .*syntax\.ts cannot be imported: SyntaxError: .*\n$/],
    ['broken.json', '{', 1, /^evac: .*broken\.json cannot be read: SyntaxError: .*\n$/],
  ];
  it.each(unreadable)('says in one sentence what is wrong with %s', async (name, text, code, said) => {
    const run = await evac(['validate', file(name, text)]);
    expect(run).toEqual({ code, stdout: '', stderr: expect.stringMatching(said) });
  });

  it('says that a file is missing', async () => {
    expect(await evac(['validate'], { cwd: dir })).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'evac: ./evac.config.ts does not exist; name a config file, or run this where evac.config.ts is\n',
    });
  });
});

describe('evac replay', () => {
  it('says that a record is missing, and helps', async () => {
    expect(await evac(['replay', 'no.gz'], { cwd: dir })).toEqual({
      code: 2,
      stdout: '',
      stderr: 'evac: no.gz does not exist; evac run --record no.gz writes one\n',
    });
    const { code, stdout } = await evac(['replay', '--help']);
    expect(code).toBe(0);
    for (const part of ['--config <file>', 'Examples:', 'Exit codes: 0 ']) expect(stdout).toContain(part);
  });
});

describe('evac', () => {
  it('helps', async () => {
    const { code, stdout } = await evac(['--help']);
    expect(code).toBe(0);
    for (const part of ['validate [options] [file]', 'Examples:', 'Exit codes:', 'NO_COLOR'])
      expect(stdout).toContain(part);
  });

  it('without a command helps, too, but that is no use of it', async () => {
    const { code, stdout, stderr } = await evac([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Examples:');
  });

  it('tells its version', async () => {
    expect(await evac(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  });

  it.each([
    [['validat'], "error: unknown command 'validat'\n(Did you mean validate?)\n"],
    [['validate', '--jsn'], "error: unknown option '--jsn'\n(Did you mean --json?)\n"],
    [
      ['validate', 'a', 'b'],
      "error: too many arguments for 'validate'. Expected 1 argument but got 2: a, b.\n",
    ],
  ])('answers %j with what was meant', async (args, said) => {
    const run = await evac(args);
    expect(run).toEqual({ code: 2, stdout: '', stderr: `${said}(evac --help shows what there is)\n` });
  });

  it('colours only where somebody sees it', async () => {
    const plain = await evac(['validate']);
    const forced = await evac(['validate'], { env: { FORCE_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b[');
    expect(forced.stdout).toContain('\u001b[32m./evac.config.ts: no errors, no warnings\u001b[39m');
  });
});

/** Another Node on this machine, too old for our sources; null on a machine with none. */
function olderNode(): string | null {
  const candidates = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((path) => !path.includes('node_modules'))
    .map((path) => join(path, 'node'));
  const isOld = (node: string) => {
    try {
      return (
        Number.parseInt(execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }), 10) < 24
      );
    } catch {
      return false;
    }
  };
  return candidates.find(isOld) ?? null;
}

const old = olderNode();

describe.skipIf(old === null)('evac started by an older Node', () => {
  const node = old ?? '';

  it('runs on the one it brings along, and passes on how that ended', async () => {
    expect(await evac(['--version'], { node })).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
    expect((await evac(['nonsense'], { node })).code).toBe(2);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('takes its program with it on %s', async (signal) => {
    const endless = [
      "process.stdout.write('loading');",
      'await new Promise(() => setInterval(() => {}, 1000));',
      'export default {};',
    ];
    const path = file(`endless-${signal}.ts`, endless.join('\n'));
    const launcher = start(['validate', path], { node });
    await new Promise((resolve) => launcher.stdout.once('data', resolve));
    // Closed means that nobody holds its outputs any more, the program included.
    const closed = new Promise((resolve) => launcher.once('close', resolve));
    launcher.kill(signal);
    await closed;
  });
});
