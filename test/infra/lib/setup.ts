import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundled, type ConfigName, configNames, configs, whole } from './configs.ts';
import { installPlatform } from './platform.ts';
import { type Synthesis, synth } from './synth.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder with a recording for each config. */
    recordings: string;
  }
}

/** Synthesizes every config once, two at a time, for all tests. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'evac-recordings-'));
  await installPlatform();
  const done: Synthesis[] = [];
  // It takes the longest, so it begins.
  const names: ConfigName[] = [bundled, ...configNames.filter((name) => name !== bundled)];
  const work = async () => {
    for (let name = names.shift(); name; name = names.shift()) {
      const stage = name === whole ? 'production' : 'test';
      const functions = name === bundled ? 'bundled' : 'empty';
      const synthesis = await synth({ config: configs[name], stage, functions });
      done.push(synthesis);
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(synthesis));
    }
  };
  await Promise.all([work(), work()]);
  project.provide('recordings', folder);
  return () => {
    for (const synthesis of done) synthesis.remove();
    rmSync(folder, { recursive: true, force: true });
  };
}
