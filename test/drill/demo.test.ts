import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DrillResult } from '@evac/console';
import { expect, test } from 'vitest';
import { evac, ownDirectory } from './evac.ts';
import { missed, moved } from './stage.ts';

test('the demo loses a node, a zone and a region, gets each back, and writes its report where git does not look', async () => {
  const directory = await ownDirectory();
  const demo = evac(directory, 'demo', '--rate', '10', '--json');
  const code = await demo.ended;
  const { passed, drills }: { passed: boolean; drills: DrillResult[] } = JSON.parse(demo.stdout());
  expect({ code, stderr: demo.stderr() }).toEqual({ code: passed ? 0 : 1, stderr: '' });
  expect(drills.flatMap((d) => missed(d))).toEqual([]);
  expect(drills.flatMap(moved)).toEqual([
    expect.stringMatching(/^replace-node of us-west-2\/us-west-2a\/i-\w+: recovered$/),
    'evacuate-zone of us-west-2/us-west-2a: recovered',
    'fail-back of us-west-2/us-west-2a: recovered',
    'fail-over-region of us-west-2: recovered',
    'fail-back of us-west-2: recovered',
  ]);

  expect((await readdir(directory)).filter((name) => !name.startsWith('evac-worlds'))).toEqual(['.evac']);
  const page = await readFile(path.join(directory, '.evac/demo/report.html'), 'utf8');
  for (const { scenario } of drills) expect(page).toContain(scenario);
  const root = path.resolve(import.meta.dirname, '../..');
  const ignored = execFileSync('git', ['check-ignore', '.evac/demo/report.html'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(ignored.trim()).toBe('.evac/demo/report.html');
});
