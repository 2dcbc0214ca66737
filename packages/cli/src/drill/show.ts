import { createLiveView, type RunEvent } from '@evac/console';
import type { Output } from '../output.ts';
import { liveView } from './live.ts';
import type { Stage } from './stage.ts';
import { faultText } from './timeline.ts';
import type { Scene } from './watch-scene.ts';

export interface Show {
  title(text: string): void;
  scene(scene: Scene): void;
  close(): void;
}

const frameMs = 250;

/** Draws the stage while a drill goes on: a live view on a terminal, lines elsewhere, nothing with --json. */
export function startShow(stage: Stage, output: Output): Show {
  const marks: RunEvent[] = [];
  let title = '';
  const color = output.color;
  const terminal = createLiveView(process.stdout, { color, ascii: !unicode() });
  const draw = () => {
    if (!output.json) terminal.draw(liveView(stage, title, marks, Date.now()));
  };
  const timer = setInterval(draw, frameMs);
  return {
    title(text) {
      title = text;
      marks.push({ atMs: Date.now() - stage.startedAt, kind: 'note', text });
    },
    scene(scene) {
      const atMs = scene.faultAt - stage.startedAt;
      marks.push({ atMs, kind: 'fault-on', text: faultText(scene) });
    },
    close() {
      clearInterval(timer);
      draw();
      terminal.close();
    },
  };
}

/** Glyphs beyond ASCII only where the locale says UTF-8. */
export function unicode(): boolean {
  const { LC_ALL, LC_CTYPE, LANG, TERM } = process.env;
  if (TERM === 'dumb') return false;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '') || process.platform === 'darwin';
}
