import { readFileSync } from 'node:fs';
import { moveNames } from '@evac/core';
import { expect, test } from 'vitest';
import { machines } from './index.ts';
import { endingPicture, picture, table } from './picture.ts';

const page = new URL('../../../../docs/moves.md', import.meta.url);
const functions = {
  fleet: 'fleet',
  traffic: 'traffic',
  restart: 'servers',
  prove: 'nothing',
  record: 'the record',
};

/** The page with everything between `<!-- NAME -->` and `<!-- end -->` drawn from the definitions. */
function drawn(text: string): string {
  const blocks = new Map([['any error', endingPicture(machines['replace-node'](functions))]]);
  for (const move of moveNames) {
    const machine = machines[move](functions);
    blocks.set(move, `${machine.Comment}\n\n${picture(machine)}\n\n${table(machine)}`);
  }
  return text.replace(/<!-- ([a-z -]+) -->\n.*?<!-- end -->/gs, (whole, name: string) => {
    const block = blocks.get(name);
    return block === undefined ? whole : `<!-- ${name} -->\n\n${block}\n\n<!-- end -->`;
  });
}

test('docs/moves.md shows the machines as they are (vitest -u redraws it)', async () => {
  const text = readFileSync(page, 'utf8');
  for (const name of [...moveNames, 'any error']) expect(text).toContain(`<!-- ${name} -->`);
  await expect(drawn(text)).toMatchFileSnapshot(page.pathname);
});
