import { existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { run } from './run.ts';

/** The project's root. */
export const root = resolve(import.meta.dirname, '../../..');

/** SST must neither look for newer versions of itself nor fetch pulumi and bun. */
export const quiet = {
  SST_SKIP_DEPENDENCY_CHECK: '1',
  SST_NO_BUN: '1',
  SST_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  CI: '1',
};

/** The path on which the project's own Node and tools come first. */
export function toolPath(): string {
  return [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
}

/**
 * SST's own sources and Pulumi's SDK, in `.sst/platform`: from the npm registry, once (about 45 s and 320 MB). Types of
 * stacks/ and every synthesis need them.
 */
export async function installPlatform(): Promise<string> {
  const platform = join(root, '.sst/platform');
  if (existsSync(join(platform, 'node_modules/@pulumi/aws')) && existsSync(join(platform, 'config.d.ts')))
    return platform;
  const { code, output } = await run(join(root, 'node_modules/.bin/sst'), ['install'], {
    cwd: root,
    env: { ...process.env, ...quiet, PATH: toolPath(), SST_STAGE: 'test' },
  });
  if (code !== 0) throw new Error(`sst install ended with ${code}:\n${output}`);
  return platform;
}
