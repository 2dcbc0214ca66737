import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { demoView } from '../testing/live-view.ts';
import { columnsOf } from './line.ts';
import { renderLive } from './render-live.ts';

it('shows regions, requests, the fault and the incident with its steps on 80 by 24', () => {
  expect(renderLive(demoView(56_000), { columns: 80, rows: 24 }).join('\n')).toMatchInlineSnapshot(`
    "Evac  zone-loss (2 of 4)                                                   00:56
    Fault  zone-loss on us-west-2a for 10.0 s
    ────────────────────────────────────────────────────────────────────────────────
    us-west-2  weight 100  in DNS           eu-west-1  weight 0  not in DNS
      us-west-2a  ✕ ✕ evacuated               eu-west-1a  ● ●
      us-west-2b  ◌ ●                         eu-west-1b  ● ●
      us-west-2c  ● ●                         eu-west-1c  ● ●
    ● healthy  ✕ dead  ◌ starting
    ────────────────────────────────────────────────────────────────────────────────
    answered      ██████▇█▇█████████████████████████████████████▅▅▆▅▆▅████    18.4/s
    failed              ▁▁▁▁                                    ▃▃▂▃▂▃▁        1.6/s
              95.8% answered in the last minute  p50 164 ms  p99 805 ms
    ────────────────────────────────────────────────────────────────────────────────
    evacuate-zone us-west-2a  running 6.1 s
      ✓ Admit                      200 ms  Lease 13 held; every guard says yes agai…
      ✓ Make room                   4.1 s  Two more nodes serve in us-west-2b and u…
      ✓ Shift                      350 ms  Zonal shift away from usw2-az1, applied,…
      ▸ Prove                       1.3 s  About to: prove
    replace-node i-0a1b2c3d4e5f60718  recovered in 19.2 s
    ────────────────────────────────────────────────────────────────────────────────
    00:49.9  detected         us-west-2/us-west-2a is dead: 4 failures in a row
    00:49.9  move             evacuate-zone us-west-2/us-west-2a begun
    00:51.6  traffic-stopped  nothing goes to us-west-2/us-west-2a any more"
  `);
});

it('has nothing but ASCII where that is asked for, as long as the data has', () => {
  const frame = renderLive(demoView(), { columns: 80, rows: 24, ascii: true }).join('');
  expect(frame).toMatch(/^[\x20-\x7e]+$/);
});

describe.each([
  [80, 24],
  [200, 60],
  [44, 24],
  [30, 12],
  [12, 5],
  [40, 2],
])('a terminal of %i by %i', (columns, rows) => {
  it('is never overfilled, in colour or without', () => {
    for (const at of [0, 3_000, 50_000, 56_000, 120_000]) {
      for (const color of [true, false]) {
        const frame = renderLive(demoView(at), { columns, rows, color });
        expect(frame.length).toBeLessThan(rows);
        for (const line of frame) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
      }
    }
  });
});

it('says the same with colour as without', () => {
  const colored = renderLive(demoView(), { columns: 80, rows: 24, color: true });
  const bare = renderLive(demoView(), { columns: 80, rows: 24 });
  expect(colored.map((line) => stripVTControlCharacters(line).trimEnd())).toEqual(bare);
  expect(colored.join('')).not.toBe(bare.join(''));
});

it('shows of many open incidents each one, and of its steps the latest', () => {
  const view = demoView(56_000);
  const open = view.incidents.filter((incident) => incident.closedAt === null);
  const incidents = [0, 1, 2].flatMap((copy) =>
    open.map((one) => ({ ...one, openedAt: one.openedAt + copy })),
  );
  const frame = renderLive({ ...view, incidents }, { columns: 80, rows: 24 });
  expect(frame.filter((line) => line.startsWith('evacuate-zone'))).toHaveLength(3);
  expect(frame.filter((line) => line.includes('▸ Prove'))).toHaveLength(3);
});

it('keeps the incidents in sight when there are more regions than rows', () => {
  const view = demoView(56_000);
  const regions = Array.from({ length: 12 }, () => view.regions[0]!);
  const frame = renderLive({ ...view, regions }, { columns: 80, rows: 24 });
  expect(frame.some((line) => line.startsWith('evacuate-zone'))).toBe(true);
});

it('says how many nodes there are beside those it has room for', () => {
  const view = demoView();
  const nodes = Array.from({ length: 40 }, (_, index) => ({ id: `i-${index}`, state: 'healthy' as const }));
  const regions = [{ ...view.regions[0]!, zones: [{ name: 'us-west-2a', evacuated: false, nodes }] }];
  const frame = renderLive({ ...view, regions }, { columns: 40, rows: 24 }).join('\n');
  const shown = [.../us-west-2a {2}(.*)/.exec(frame)![1]!].filter((sign) => sign === '●').length;
  expect(frame).toContain(`+${40 - shown}`);
});

it('tells a region that was switched off from one that DNS does not name', () => {
  const view = demoView();
  const [one, two] = view.regions;
  const regions = [{ ...one!, answered: false, switchedOff: true }, two!];
  const frame = renderLive({ ...view, regions }, { columns: 80, rows: 24 }).join('\n');
  expect(frame).toContain('us-west-2  weight 100  switched off');
  expect(frame).toContain('eu-west-1  weight 0  not in DNS');
});
