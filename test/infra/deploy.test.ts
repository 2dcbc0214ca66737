import { regionName } from '@evac/core';
import { describe, expect, test } from 'vitest';
import { wantedRegions } from '../../stacks/wanted-regions.ts';
import { configs } from './lib/configs.ts';
import { installPlatform, root, toolPath } from './lib/platform.ts';
import { joinsRegions } from './lib/recorded.ts';
import { run } from './lib/run.ts';
import { synth } from './lib/synth.ts';

describe('deploying', () => {
  test('one region while another is gone asks nothing of it, and leaves DNS and the dashboard as they are', async () => {
    const synthesis = await synth({
      config: configs['two-regions-vpc-dns'],
      functions: 'empty',
      env: { EVAC_REGIONS: 'us-west-2' },
      lost: ['us-east-1'],
    });
    synthesis.remove();
    expect(synthesis.calls.filter((call) => call.startsWith('us-east-1'))).toEqual([]);
    const regions = synthesis.resources.flatMap((r) => r.region ?? []);
    expect([...new Set(regions)]).toEqual(['us-west-2']);
    const joining = synthesis.resources.filter(joinsRegions);
    expect(joining.map((r) => r.type)).toEqual([]);
  });

  test('a config with mistakes fails with all of them', async () => {
    const config = `export default { controls: [], services: { llm: { preset: 'vllm', regions: [], restartFirst: true } } };`;
    const failing = synth({ config, functions: 'empty' });
    await expect(failing).rejects.toThrow(
      /cannot be deployed:\n- services\.llm\.regions.*\n(- .*\n)*- restartCommand is missing/,
    );
  });

  test('regions are all, or those that are asked for and there', () => {
    const all = ['us-west-2', 'us-east-1'].map(regionName);
    expect(wantedRegions(undefined, all)).toEqual(all);
    expect(wantedRegions('', all)).toEqual(all);
    expect(wantedRegions(' us-east-1 ', all)).toEqual(['us-east-1']);
    expect(() => wantedRegions('mars-1', all)).toThrow(
      'EVAC_REGIONS "mars-1" names mars-1; the config has us-west-2, us-east-1',
    );
  });
});

test('stacks/ has no mistake of type (SST’s own sources are not ours to judge)', async () => {
  await installPlatform();
  const { output } = await run('tsc', ['--noEmit', '-p', 'stacks'], {
    cwd: root,
    env: { ...process.env, PATH: toolPath() },
  });
  expect(output.split('\n').filter((line) => /^(stacks\/|sst\.config|evac\.config)/.test(line))).toEqual([]);
});
