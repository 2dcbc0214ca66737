import type { StepState } from '../drill-result.ts';
import type { LiveNodeState } from './live-view.ts';

/** Every sign has a shape of its own: without colour nothing may be lost. */
export interface Glyphs {
  node: Record<LiveNodeState, string>;
  step: Record<StepState, string>;
  /** From nothing to full. */
  levels: string;
  rule: string;
  dash: string;
  ellipsis: string;
}

export const unicodeGlyphs: Glyphs = {
  node: {
    healthy: '●',
    saturated: '◉',
    failing: '◐',
    dead: '✕',
    starting: '◌',
    draining: '▽',
    evacuated: '○',
    unknown: '?',
  },
  step: { running: '▸', done: '✓', failed: '✕', undone: '↺' },
  levels: ' ▁▂▃▄▅▆▇█',
  rule: '─',
  dash: '–',
  ellipsis: '…',
};

export const asciiGlyphs: Glyphs = {
  node: {
    healthy: 'o',
    saturated: 'O',
    failing: '!',
    dead: 'x',
    starting: '.',
    draining: 'v',
    evacuated: '-',
    unknown: '?',
  },
  step: { running: '>', done: '+', failed: 'x', undone: '<' },
  levels: ' _.-=+*#',
  rule: '-',
  dash: '-',
  ellipsis: '~',
};
