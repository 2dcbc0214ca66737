import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startAwsStub } from './aws-stub.ts';
import type { Recording } from './engine/recording.ts';
import { installPlatform, quiet, toolPath } from './platform.ts';
import { run } from './run.ts';
import { makeWorkspace } from './workspace.ts';

export interface Synthesis extends Recording {
  /** Where the CLI has left the bundles; gone after `remove`. */
  home: string;
  /** Region and action of the calls that the CLI made for itself. */
  calls: string[];
  remove(): void;
}

interface Ask {
  config: string;
  stage?: string;
  env?: Record<string, string>;
  lost?: string[];
  /** `empty` where nobody looks into the bundles. */
  functions?: 'bundled' | 'empty';
}

/**
 * What `sst deploy --stage STAGE` would create with this text as evac.config.ts: the real CLI bundles the functions and
 * runs the real program, and an engine that records takes the place of pulumi. Nothing reaches a network. Throws with
 * what the CLI said if the program fails.
 */
export async function synth(ask: Ask): Promise<Synthesis> {
  let result = await runOnce(ask);
  for (let again = 0; again < 5 && lostItsPort(result); again++) result = await runOnce(ask);
  if (result instanceof Error) throw result;
  return result;
}

/** SST looks for a free port and takes it later: of two that start at once, one may find it taken. */
function lostItsPort(result: unknown): boolean {
  return result instanceof Error && /failed to listen on .*address already in use/.test(result.message);
}

async function runOnce(ask: Ask): Promise<Synthesis | Error> {
  const workspace = makeWorkspace(await installPlatform(), ask.config, ask.functions ?? 'bundled');
  const aws = await startAwsStub(ask.lost);
  const file = join(workspace.home, '.sst/recording.json');
  try {
    const sst = join(workspace.home, 'node_modules/.bin/sst');
    const { code, output } = await run(sst, ['diff', '--stage', ask.stage ?? 'test', '--print-logs'], {
      cwd: workspace.home,
      env: {
        ...quiet,
        PATH: toolPath(),
        HOME: workspace.home,
        XDG_CONFIG_HOME: workspace.configHome,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_ENDPOINT_URL: aws.url,
        SST_PULUMI_PATH: workspace.pulumi,
        INFRA_RECORDING: file,
        ...ask.env,
      },
    });
    const recording: Recording | null = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
    if (code === 0 && recording)
      return { ...recording, home: workspace.home, calls: aws.calls, remove: workspace.remove };
    workspace.remove();
    const errors = (recording?.errors ?? []).map((e) => e.message).join('\n');
    return new Error(`sst diff ended with ${code}\n${errors}\n--- its log\n${output}`);
  } finally {
    await aws.close();
  }
}
