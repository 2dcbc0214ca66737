import { describe, expect, it } from 'vitest';
import { type Run, runOfDrill } from '../drill-result.ts';
import { demoRun } from '../testing/demo-run.ts';
import { attribute, openPage, textOf } from '../testing/page.ts';
import { renderReport } from './report.ts';

const demo = demoRun();
const page = openPage(renderReport(demo));
const texts = (name: string, within = page) => within.all(name).map(textOf);

describe('the file', () => {
  it('is valid HTML, with no id twice', () => {
    expect(page.errors).toEqual([]);
    const ids = ['svg', 'h2', 'title', 'desc', 'section'].flatMap((name) =>
      page.all(name).map((element) => attribute(element, 'id')),
    );
    const named = ids.filter((id) => id !== '');
    expect(new Set(named).size).toBe(named.length);
  });

  it('asks nothing of the network and runs nothing', () => {
    for (const name of ['script', 'link', 'img', 'iframe', 'object']) expect(page.all(name)).toEqual([]);
    expect(renderReport(demo).replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|url\(|@import/,
    );
  });

  it('is the same for the same run', () => {
    expect(renderReport(demoRun())).toBe(renderReport(demo));
  });

  it('takes no part of itself from the data as markup', () => {
    const evil = `"'><script>alert(1)</script><img src=x>`;
    const drills = demo.drills.map((drill) => ({
      ...drill,
      scenario: evil,
      about: evil,
      promises: [{ name: evil, limitMs: 1, actualMs: 2, held: false }],
      failures: [{ reason: evil, count: 1 }],
      faults: drill.faults.map((fault) => ({ ...fault, name: evil, target: evil })),
      refusals: drill.refusals.map((refusal) => ({
        ...refusal,
        subject: evil,
        because: evil,
        unblock: evil,
      })),
      incidents: drill.incidents.map((incident) => ({
        ...incident,
        because: evil,
        by: evil,
        events: incident.events.map((event) => ({ ...event, step: evil, text: evil })),
      })),
    }));
    const events = demo.events.map((event) => ({ ...event, text: evil }));
    const hostile = openPage(renderReport({ ...demo, title: evil, drills, events }));
    expect(hostile.errors).toEqual([]);
    expect(hostile.all('script')).toEqual([]);
    expect(hostile.all('img')).toEqual([]);
    expect(hostile.all('svg')).toHaveLength(2);
  });
});

describe('what a reader finds', () => {
  it('begins with the verdict in words, and every missed promise', () => {
    const [verdict] = page.all('p');
    expect(textOf(verdict!)).toMatch(/^Not passed: region-loss\./);
    expect(texts('li')).toEqual(['region-loss: Out of rotation (at most 12 s): took 12.4 s']);
  });

  it('has a line for each drill with its five numbers', () => {
    const [table] = page.all('table');
    const text = textOf(table!).replace(/\s+/g, ' ');
    expect(text).toContain('The region us-west-2 goes dark: nodes');
    expect(text).toContain('5.1 s 12.4 s 13.7 s 256 of 80032.0% 13.6 s ✕ not passed');
  });

  it('shows a dash for what did not happen, and no number', () => {
    const [first] = demo.drills;
    const empty: Run = runOfDrill({ ...first!, detectedMs: null, recoveredMs: null, longestGapMs: null });
    const cells = openPage(renderReport(empty)).all('td');
    for (const label of ['Detected', 'Recovered', 'Longest gap']) {
      const cell = cells.find((each) => attribute(each, 'data-label') === label);
      expect(textOf(cell!)).toBe('–');
    }
  });

  it('has every incident with its steps, its failures and what was undone', () => {
    const articles = texts('article');
    expect(articles).toHaveLength(4);
    expect(articles[0]).toContain('Launch replacement');
    expect(articles[0]).toContain('recovered in 19.2 s');
    expect(articles[3]).toContain('Prove (failed)');
    expect(articles[3]).toContain('Stage 10 percent (undone)');
    expect(articles[3]).toContain('recover, asked by maria');
  });

  it('keeps every bar within its track', () => {
    const bars = page.all('i').map((bar) => attribute(bar, 'style'));
    expect(bars.length).toBeGreaterThan(15);
    for (const bar of bars) {
      const [, left, width] =
        /^left:min\(([\d.]+)%,100% - 3px\);width:([\d.]+)%$/.exec(bar)?.map(Number) ?? [];
      expect((left ?? Number.NaN) + (width ?? Number.NaN)).toBeLessThanOrEqual(100.01);
    }
  });

  it('tells of each refusal the guard, the cause and what would unblock it', () => {
    const all = texts('tr').find((row) => row.includes('blast-radius'));
    expect(all).toContain('2 of 6 nodes are out already');
    expect(all).toContain('raise limits.maxShare');
    expect(texts('tr').find((row) => row.includes('subsumed'))).toContain('14 times, 3.9 s to 16.9 s');
  });

  it('says so when nothing was done', () => {
    const [first] = demo.drills;
    const idle = openPage(renderReport(runOfDrill({ ...first!, incidents: [], moves: [] })));
    expect(texts('p', idle)).toContain('Nothing: no move was begun.');
  });

  it('warns when requests had failed before there was a fault', () => {
    const [first] = demo.drills;
    const sick = openPage(renderReport(runOfDrill({ ...first!, failedBeforeFault: 8 })));
    expect(texts('p', sick)[2]).toMatch(/^8 requests \(1.0%\) failed before there was any fault/);
  });

  it('has the chart as a table too', () => {
    const rows = texts('tr').filter((row) => row.startsWith('01:30'));
    expect(rows).toEqual(['01:30020––']);
  });

  it('can be made of a run in which nothing was measured', () => {
    const nothing: Run = {
      title: 'Nothing',
      startedAt: 0,
      durationMs: 0,
      series: [],
      events: [],
      drills: [],
    };
    const empty = openPage(renderReport(nothing));
    expect(empty.errors).toEqual([]);
    expect(renderReport(nothing)).not.toMatch(/NaN|Infinity|undefined/);
  });
});
