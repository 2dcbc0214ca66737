import { expect, test } from 'vitest';
import { findFault } from './catalog.ts';
import { chooseTarget } from './target.ts';

const targets = { regions: ['r1', 'r2'], zones: ['r1a', 'r1b'], nodes: ['i-1', 'i-2'] };
const choose = (name: string, asked: string | null) => chooseTarget(findFault(name)!, asked, targets);

test('takes what was asked for, the first of its kind otherwise', () => {
  expect(choose('node-hang', 'i-2')).toEqual({ target: 'i-2' });
  expect(choose('zone-loss', null)).toEqual({ target: 'r1a' });
  expect(choose('bad-release', null)).toEqual({ target: 'world' });
});

test('says what there is when the target is of another kind, or there is none', () => {
  expect(choose('zone-loss', 'i-1')).toEqual({
    mistake: 'zone-loss strikes a zone, and "i-1" is not one: r1a, r1b',
  });
  expect(chooseTarget(findFault('node-hang')!, null, { ...targets, nodes: [] })).toEqual({
    mistake: 'node-hang strikes a node, and there is no node now: none',
  });
});
