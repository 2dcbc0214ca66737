import { expect, it } from 'vitest';
import { columnsOf, fit, paint, plain, renderLine } from './line.ts';

it('lets no text of the world move the cursor or hide another', () => {
  expect(plain('a\u001b[2Jb\u0007c\nd\u202ee')).toBe('ab c d e');
});

it('fits by columns, not by characters', () => {
  expect(fit('区域一', 4, '…')).toBe('区… ');
  expect(columnsOf(fit('区域一', 4, '…'))).toBe(4);
  expect(fit('abc', 5, '…')).toBe('abc  ');
  expect(fit('abcdef', 4, '…')).toBe('abc…');
  expect(fit('abc', 0, '…')).toBe('');
});

it('paints colour only when asked, and never more than the columns there are', () => {
  const line = [{ text: 'ok ', look: 'green' as const }, { text: 'a long rest of the line' }];
  expect(paint(line, { columns: 10, color: false, ellipsis: '…' })).toBe('ok a long…');
  expect(paint(line, { columns: 10, color: true, ellipsis: '…' })).toBe('\u001b[32mok \u001b[39ma long…');
});

it('writes an event as one line', () => {
  expect(renderLine({ atMs: 62_345, kind: 'fault-on', text: 'node-hang\non i-1' })).toBe(
    '01:02.3  fault-on         node-hang on i-1',
  );
});
