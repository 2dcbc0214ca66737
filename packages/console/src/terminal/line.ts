import { stripVTControlCharacters, styleText } from 'node:util';
import stringWidth from 'string-width';
import type { RunEvent } from '../drill-result.ts';
import { clock } from '../format.ts';

type Format = Parameters<typeof styleText>[0];

/** A piece of a line, in a look that is only there where colour is. */
export interface Span {
  text: string;
  look?: Format;
}

export type Line = Span[];

/** A text that cannot move the cursor, change a colour or reverse the reading direction. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Bidi_Control}]+/gu, ' ');
}

/** The columns a text takes in a terminal. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** Cut to `columns`, the cut marked, or filled up to them. */
export function fit(text: string, columns: number, ellipsis: string): string {
  const width = columnsOf(text);
  if (width <= columns) return text + ' '.repeat(columns - width);
  let cut = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter('en').segment(text)) {
    const next = columnsOf(segment);
    if (used + next > columns - columnsOf(ellipsis)) break;
    cut += segment;
    used += next;
  }
  if (columns <= 0) return '';
  return cut + ellipsis + ' '.repeat(Math.max(0, columns - columnsOf(cut + ellipsis)));
}

/** A line as text of at most `columns`; no codes unless `color`. */
export function paint(line: Line, options: { columns: number; color: boolean; ellipsis: string }): string {
  let left = options.columns;
  let painted = '';
  for (const { text, look } of line) {
    if (left <= 0) break;
    const clean = plain(text);
    const shown = columnsOf(clean) <= left ? clean : fit(clean, left, options.ellipsis);
    left -= columnsOf(shown);
    painted += look && options.color ? styleText(look, shown, { validateStream: false }) : shown;
  }
  return options.color ? painted : painted.trimEnd();
}

/** One event as one line for a log: "00:12.3  fault-on         node-hang on i-1". */
export function renderLine(event: RunEvent): string {
  const tenth = Math.floor((Math.max(0, event.atMs) % 1_000) / 100);
  return `${clock(event.atMs)}.${tenth}  ${event.kind.padEnd(15)}  ${plain(event.text)}`;
}
