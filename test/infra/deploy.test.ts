import { describe, expect, test } from 'vitest';
import { configs } from './lib/configs.ts';
import { installPlatform, root, toolPath } from './lib/platform.ts';
import { run } from './lib/run.ts';
import { synth } from './lib/synth.ts';

describe('deploying', () => {
  test('one region while another is gone asks nothing of it, and leaves DNS as it is', async () => {
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
    expect(synthesis.resources.filter((r) => r.type.includes('route53'))).toEqual([]);
  });

  test('a config with mistakes fails with all of them', async () => {
    const config = `export default { controls: [], services: { llm: { preset: 'vllm', regions: [] } } };`;
    await expect(synth({ config, functions: 'empty' })).rejects.toThrow(/services\.llm\.regions/);
  });

  test('restarts are refused where nobody says how', async () => {
    const config = configs['one-region-vpc'].replace(/"restartCommand":"[^"]*",?/, '');
    await expect(synth({ config, functions: 'empty' })).rejects.toThrow(
      /restartFirst of llm needs restartCommand/,
    );
  });

  test('a region that the config does not have is refused', async () => {
    const ask = {
      config: configs['one-region'],
      functions: 'empty',
      env: { EVAC_REGIONS: 'mars-1' },
    } as const;
    await expect(synth(ask)).rejects.toThrow(/EVAC_REGIONS "mars-1" names mars-1; the config has us-west-2/);
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
