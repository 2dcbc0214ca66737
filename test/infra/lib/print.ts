import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { resourceList } from './list.ts';
import { root } from './platform.ts';
import { synth } from './synth.ts';

/** `npm run synth -- --stage test [--config FILE]`: every resource that a deployment would create. */
const { values } = parseArgs({
  options: {
    stage: { type: 'string', default: 'test' },
    config: { type: 'string', default: join(root, 'evac.config.ts') },
  },
});

const synthesis = await synth({
  stage: values.stage,
  config: readFileSync(values.config, 'utf8'),
  functions: 'empty',
});
console.log(resourceList(synthesis));
console.log(`\n${synthesis.resources.filter((r) => r.custom).length} resources`);
synthesis.remove();
