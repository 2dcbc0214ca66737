import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { resolveConfig } from '@evac/core/config';
import { describe, expect, test } from 'vitest';
import { type FunctionName, needs, readEnvironment } from '../../functions/lib/environment.ts';
import { bundled, configNames } from './lib/configs.ts';
import type { Resource } from './lib/engine/recording.ts';
import { toolPath } from './lib/platform.ts';
import { at, recorded } from './lib/recorded.ts';
import { run } from './lib/run.ts';

const names = Object.keys(needs).filter((name): name is FunctionName => name in needs);

/** Which entry point a function is: `evac-test-probe-us-west-2a` is `probe`. */
function entryOf({ inputs }: Resource): FunctionName | undefined {
  return names.find((name) => new RegExp(`^evac-[a-z]+-${name}(-|$)`).test(String(inputs.name)));
}

function environmentOf(resource: Resource): Record<string, string> {
  const variables = Object.entries(at(resource.inputs, 'environment.variables') ?? {});
  return Object.fromEntries(variables.map(([name, value]) => [name, String(value)]));
}

describe.each(configNames)('the functions of %s', (name) => {
  const { all } = recorded(name);

  test('are told everything that they read', () => {
    for (const resource of all('Function')) {
      const entry = entryOf(resource);
      if (!entry) throw new Error(`${resource.name} is no function of ours`);
      const environment = { ...environmentOf(resource), AWS_REGION: String(resource.region) };
      expect(() => readEnvironment(entry, environment), resource.name).not.toThrow();
    }
  });

  test('are told of nothing in another region', () => {
    for (const resource of all('Function')) {
      const { SST_KEY: _, ...environment } = environmentOf(resource);
      const arns = JSON.stringify(environment).match(/arn:aws:[a-z]+:[a-z0-9-]+/g) ?? [];
      for (const arn of arns) expect(arn.split(':')[3], resource.name).toBe(resource.region);
    }
  });

  test('run on arm64 and Node 24, with a log in JSON that is kept for a month', () => {
    for (const { inputs, region } of all('Function')) {
      expect(inputs).toMatchObject({
        architectures: ['arm64'],
        runtime: 'nodejs24.x',
        // Without a line for each run that began and ended well.
        loggingConfig: {
          logFormat: 'JSON',
          systemLogLevel: 'WARN',
          logGroup: `/aws/lambda/${inputs.name}`,
        },
      });
      const log = all('LogGroup').find(
        (l) => l.region === region && l.inputs.name === `/aws/lambda/${inputs.name}`,
      );
      expect(log?.inputs.retentionInDays).toBe(30);
    }
  });

  test('are traced, but for those that run all the time', () => {
    for (const resource of all('Function')) {
      const always = ['probe', 'decide', 'discover', 'switch'].includes(String(entryOf(resource)));
      expect(at(resource.inputs, 'tracingConfig.mode'), resource.name).toBe(
        always ? 'PassThrough' : 'Active',
      );
    }
  });

  test('stand in a subnet only where they are a zone’s probe, each in its zone’s', () => {
    for (const { inputs, name: logical } of all('Function')) {
      const zone = /-probe-(.*-\d[a-z])$/.exec(String(inputs.name))?.[1];
      const subnets = at(inputs, 'vpcConfig.subnetIds');
      if (!zone) expect(subnets, logical).toBeNull();
      else expect(subnets, logical).toEqual([expect.stringMatching(/^subnet-0\d\d$/)]);
    }
    const zones = all('Function').flatMap((f) => (at(f.inputs, 'vpcConfig') === null ? [] : [f.inputs.name]));
    const regions = new Set(all('Function').map((f) => f.region)).size;
    expect(zones).toHaveLength(name.includes('vpc') ? 3 * regions : 0);
  });
});

describe('a bundle', () => {
  const { all, home } = recorded(bundled);
  const bundles = all('Function').map((f) => ({
    entry: entryOf(f),
    folder: join(home, '.sst/artifacts', `${f.name.replace(/Function$/, '')}-src`),
  }));

  test.each(bundles)('of $entry loads by itself, and has a handler', async ({ folder }) => {
    const program = `const m = await import(${JSON.stringify(join(folder, 'bundle.mjs'))}); console.log(typeof m.handler)`;
    const { output } = await run(process.execPath, ['--input-type=module', '-e', program], {
      cwd: folder,
      env: { PATH: toolPath() },
    });
    expect(output.trim()).toBe('function');
  });

  /** Everything that judges has to ask about fleets. */
  const small: FunctionName[] = ['probe', 'switch', 'approve'];
  test.each(bundles)('of $entry is within its size', ({ entry, folder }) => {
    const limit = entry && small.includes(entry) ? 500_000 : 1_000_000;
    expect(statSync(join(folder, 'bundle.mjs')).size).toBeLessThanOrEqual(limit);
  });

  test.each(bundles)('of $entry is uploaded with the settings, and without its source map', ({ folder }) => {
    // A zip holds its files' names as they are.
    const upload = readFileSync(join(folder.replace(/-src$/, ''), 'code.zip'));
    expect(upload.includes('settings.json')).toBe(true);
    expect(upload.includes('.map')).toBe(false);
  });

  test('has the settings beside it, as the config means them', async () => {
    const { default: config } = await import(join(home, 'evac.config.ts'));
    const settings = JSON.parse(readFileSync(join(home, '.sst/evac/settings.json'), 'utf8'));
    expect(settings).toEqual(JSON.parse(JSON.stringify(resolveConfig(config).settings)));
  });
});
