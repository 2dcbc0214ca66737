import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '../../../functions/lib/environment.ts';
import { root } from './platform.ts';

/**
 * A copy of the project to run sst in: links to everything but the config, `.sst` and what sst writes, so that runs do not meet
 * and the project's own files stay as they are.
 */
export function makeWorkspace(platform: string, config: string, functions: 'bundled' | 'empty') {
  const home = mkdtempSync(join(tmpdir(), 'evac-infra-'));
  for (const name of ['node_modules', 'packages', 'stacks']) symlinkSync(join(root, name), join(home, name));
  for (const name of ['package.json', 'sst.config.ts']) copyFileSync(join(root, name), join(home, name));
  placeFunctions(home, functions);
  writeFileSync(join(home, 'evac.config.ts'), config);

  mkdirSync(join(home, '.sst/platform'), { recursive: true });
  const lock = join(root, '.sst/provider-lock.json');
  if (existsSync(lock)) copyFileSync(lock, join(home, '.sst/provider-lock.json'));
  for (const name of readdirSync(platform))
    if (!name.startsWith('sst.config.')) symlinkSync(join(platform, name), join(home, '.sst/platform', name));

  // Where the CLI looks for pulumi.
  const bin = join(home, '.config/sst/bin');
  mkdirSync(bin, { recursive: true });
  const pulumi = join(bin, 'pulumi');
  const engine = join(import.meta.dirname, 'engine/main.ts');
  writeFileSync(pulumi, `#!/bin/sh\nexec "${process.execPath}" "${engine}" "$@"\n`);
  chmodSync(pulumi, 0o755);
  return {
    home,
    pulumi,
    configHome: join(home, '.config'),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** The functions, or stand-ins where it does not matter what is in them: bundling takes most of a run's time. */
function placeFunctions(home: string, functions: 'bundled' | 'empty'): void {
  mkdirSync(join(home, 'functions'));
  symlinkSync(join(root, 'functions/lib'), join(home, 'functions/lib'));
  for (const name of Object.keys(needs)) {
    const file = join(home, `functions/${name}.ts`);
    if (functions === 'bundled') symlinkSync(join(root, `functions/${name}.ts`), file);
    else writeFileSync(file, 'export const handler = async () => null;\n');
  }
}
