import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Account, denied, refusedAs, startAccount } from '../../../aws/src/testing/account.ts';
import { main } from '../main.ts';
import { keepingOutput } from '../simulate/testing/keeping-output.ts';
import type { Finding } from './finding.ts';
import { exitCodeOf, runDoctor } from './run.ts';

const root = new URL('../../../../', import.meta.url);
const config = fileURLToPath(new URL('evac.config.ts', root));
const run = promisify(execFile);

describe('the exit code', () => {
  it.each([
    [[], 0],
    [['note'], 0],
    [['note', 'warning'], 3],
    [['warning', 'error', 'note'], 1],
  ] as const)('of %j is %i', (severities, code) => {
    expect(exitCodeOf(severities.map((severity) => ({ severity })))).toBe(code);
  });
});

describe('evac doctor', () => {
  let account: Account;
  beforeEach(async () => {
    account = await startAccount();
    vi.stubEnv('AWS_ENDPOINT_URL', account.url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await account.close();
  });

  async function doctor(options: { json?: boolean } = {}) {
    const { output, lines, results } = keepingOutput(options);
    const code = await runDoctor(config, { stage: 'test' }, output);
    return { code, lines, results };
  }

  it('never says that all is well where it may see nothing', async () => {
    account.trouble = (_, __, call) => denied(call);
    const { code, results } = await doctor({ json: true });
    expect(code).toBe(3);
    const [{ findings }] = results as [{ findings: Finding[] }];
    expect(new Set(findings.map((f) => f.check))).toEqual(new Set(['permission-missing']));
    expect(findings.map((f) => f.subject)).toContain('action autoscaling:DescribeAutoScalingGroups');
    expect(new Set(findings.map((f) => f.region))).toEqual(new Set(['us-west-2', 'us-east-1']));
  });

  it('tells of a region that is gone, and of the others all the same', async () => {
    account.trouble = (_, __, { headers }) =>
      headers.authorization?.includes('/us-east-1/') && !headers.authorization.includes('/route53/')
        ? 'reset'
        : null;
    const { code, lines } = await doctor();
    const text = lines.join('\n');
    expect(code).toBe(1);
    expect(text).toMatch(
      /^the account and Evac itself, us-east-1\n {2}error region-silent {2}region us-east-1: /m,
    );
    expect(text).toMatch(/^llm, us-west-2\n {2}error /m);
    expect(text).toContain('    right: ');
    expect(lines.at(-1)).toMatch(
      /evac\.config\.ts, stage test, us-west-2, us-east-1: \d+ errors, \d+ warnings, \w+ notes?$/,
    );
  }, 60_000);

  it('says in one sentence that AWS does not know the credentials', async () => {
    account.trouble = (_, __, call) =>
      refusedAs(call, 'InvalidClientTokenId', 'The security token included in the request is invalid', 403);
    await expect(doctor()).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        /^AWS does not take these credentials \(.*InvalidClientTokenId.*\); set AWS_PROFILE/,
      ),
    });
  });

  it('says in one sentence that there are no credentials', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    vi.stubEnv('AWS_PROFILE', '');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    await expect(doctor()).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^there are no credentials for AWS \(.*\); set AWS_PROFILE, or/),
    });
    expect(account.calls).toEqual([]);
  });

  it('prints the policy that it needs, and asks nothing', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const code = await main(['doctor', config, '--policy', '--stage', 'blue']);
    const printed = write.mock.calls.map(([text]) => String(text)).join('');
    write.mockRestore();
    expect(code).toBe(0);
    expect(printed).toContain('arn:aws:dynamodb:*:*:table/evac-blue-store');
    expect(JSON.parse(printed)).toMatchObject({ Version: '2012-10-17' });
    expect(account.calls).toEqual([]);
  });

  it('takes no stage that would widen its policy', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const code = await main(['doctor', config, '--policy', '--stage', '*']);
    said.mockRestore();
    expect(code).toBe(2);
  });
});

describe('the other commands', () => {
  it('load nothing of the SDK', async () => {
    const hook = [
      "import { registerHooks } from 'node:module';",
      'registerHooks({ resolve(specifier, context, next) {',
      "  if (/^@aws-sdk|^@smithy|^@evac\\/aws/.test(specifier)) throw new Error('loads ' + specifier);",
      '  return next(specifier, context);',
      '} });',
    ].join('\n');
    const preload = `data:text/javascript,${encodeURIComponent(hook)}`;
    const evac = (...args: string[]) =>
      run(
        process.execPath,
        ['--import', preload, fileURLToPath(new URL('packages/cli/bin/evac.js', root)), ...args],
        { cwd: fileURLToPath(root) },
      );
    expect((await evac('validate')).stdout).toContain('no errors');
    expect((await evac('--help')).stdout).toContain('doctor');
    await expect(evac('doctor')).rejects.toThrow('loads @evac/aws');
  });
});
