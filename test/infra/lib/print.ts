import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { resourceList } from './list.ts';
import { root } from './platform.ts';
import { synth } from './synth.ts';

const usage = `npm run synth -- [OPTIONS]

Every resource that a deployment would create, without an account.

  --stage NAME   the stage to deploy (test)
  --config FILE  the config (evac.config.ts)
  --help         this text
`;

const options = {
  stage: { type: 'string', default: 'test' },
  config: { type: 'string', default: join(root, 'evac.config.ts') },
  help: { type: 'boolean' },
} as const;

function readOptions() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}

const values = readOptions();
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}

const synthesis = await synth({
  stage: values.stage,
  config: readFileSync(values.config, 'utf8'),
  functions: 'empty',
});
console.log(resourceList(synthesis));
console.log(`\n${synthesis.resources.filter((r) => r.custom).length} resources`);
synthesis.remove();
