import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placeLabels, textWidth } from './place.ts';

const bounds = { left: 50, right: 350, fontSize: 11 };

it('puts a label inside a band that is wide enough', () => {
  const [placed] = placeLabels([{ x1: 60, x2: 200, label: 'zone-loss' }], bounds);
  expect(placed).toMatchObject({ inside: true, lane: 0, label: 'zone-loss', labelX: 65 });
});

it('puts it beside a narrow one: to the right, or at the edge to the left', () => {
  const [early, late] = placeLabels(
    [
      { x1: 60, x2: 70, label: 'node-hang' },
      { x1: 340, x2: 348, label: 'node-hang' },
    ],
    bounds,
  );
  expect(early).toMatchObject({ inside: false, labelX: 75, anchor: 'start' });
  expect(late).toMatchObject({ inside: false, labelX: 335, anchor: 'end' });
});

it('cuts a label that fits nowhere, and marks the cut', () => {
  const [placed] = placeLabels([{ x1: 190, x2: 200, label: 'replace-node i-0a1b2c3d4e5f60718' }], bounds);
  expect(placed?.label).toMatch(/^replace-node i-.+…$/);
  expect(placed?.right).toBeLessThanOrEqual(bounds.right);
});

it('gives what would overlap a lane of its own', () => {
  const marks = [100, 101, 102].map((x) => ({ x1: x, x2: x, label: 'detected 2.1 s' }));
  expect(placeLabels(marks, bounds).map(({ lane }) => lane)).toEqual([0, 1, 2]);
});

it('never lets two labels or bands of a lane overlap, nor one leave the chart', () => {
  const item = fc
    .tuple(fc.integer({ min: 50, max: 350 }), fc.integer({ min: 0, max: 300 }), fc.string({ maxLength: 40 }))
    .map(([x1, wide, label]) => ({ x1, x2: Math.min(350, x1 + wide), label }));
  fc.assert(
    fc.property(fc.array(item, { maxLength: 25 }), (items) => {
      const placed = placeLabels(items, bounds);
      expect(placed).toHaveLength(items.length);
      for (const [index, one] of placed.entries()) {
        const wide = textWidth(one.label, bounds.fontSize);
        const start = one.anchor === 'end' ? one.labelX - wide : one.labelX;
        if (one.label !== '') {
          expect(start).toBeGreaterThanOrEqual(bounds.left - 0.01);
          expect(start + wide).toBeLessThanOrEqual(bounds.right + 0.01);
          expect(start).toBeGreaterThanOrEqual(one.left - 0.01);
          expect(start + wide).toBeLessThanOrEqual(one.right + 0.01);
        }
        expect(one.left).toBeLessThanOrEqual(one.item.x1);
        expect(one.right).toBeGreaterThanOrEqual(one.item.x2);
        for (const other of placed.slice(index + 1)) {
          if (other.lane === one.lane) expect(other.left >= one.right || one.left >= other.right).toBe(true);
        }
      }
    }),
  );
});
