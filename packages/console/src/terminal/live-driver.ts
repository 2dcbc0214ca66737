import { incidentEvents } from './incident-events.ts';
import { renderLine } from './line.ts';
import type { LiveView } from './live-view.ts';
import { renderLive } from './render-live.ts';

/** What of a stream is needed; `process.stdout` is one. Its size is read anew at each frame. */
export interface Terminal {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

export interface LiveDriver {
  /** In a terminal draws over the last frame; elsewhere prints what is new of its events and incidents. */
  draw(view: LiveView): void;
  /** Leaves the last frame standing and gives the cursor back. May be called twice, and from a signal handler. */
  close(): void;
}

const csi = '\u001b[';
// Without autowrap a line that is wider than thought is cut, and the count of lines to go back stays right.
const begin = `${csi}?25l${csi}?7l`;
const end = `${csi}?7h${csi}?25h`;
// Terminals that know it show a frame only once it is whole; the others ignore it.
const hold = `${csi}?2026h`;
const release = `${csi}?2026l`;

/** Draws a live view on a terminal without flicker, or prints it as lines where there is none. */
export function createLiveView(
  terminal: Terminal,
  options: { color?: boolean; ascii?: boolean } = {},
): LiveDriver {
  let closed = false;
  if (!terminal.isTTY) {
    let printed = 0;
    const printedOf = new Map<string, number>();
    return {
      draw(view) {
        if (closed) return;
        const fresh = view.events.slice(printed);
        printed = Math.max(printed, view.events.length);
        for (const incident of view.incidents) {
          const lines = incidentEvents(incident, view.now - view.elapsedMs);
          fresh.push(...lines.slice(printedOf.get(incident.id) ?? 0));
          printedOf.set(incident.id, lines.length);
        }
        for (const event of fresh.toSorted((a, b) => a.atMs - b.atMs))
          terminal.write(`${renderLine(event)}\n`);
      },
      close() {
        closed = true;
      },
    };
  }

  let started = false;
  let height = 0;
  let size = '';
  let shown = '';
  return {
    draw(view) {
      if (closed) return;
      const columns = terminal.columns || 80;
      const rows = terminal.rows || 24;
      const lines = renderLive(view, { ...options, columns, rows });
      const frame = lines.map((line) => `${line}${csi}K\n`).join('');
      const resized = size !== '' && size !== `${columns}x${rows}`;
      if (frame === shown && !resized) return;
      // After a resize the old lines have been wrapped anew, nobody knows how: start on a clean page.
      const back = resized ? `${csi}2J${csi}H` : height > 0 ? `\r${csi}${height}A` : '\r';
      terminal.write(`${started ? '' : begin}${hold}${back}${frame}${csi}J${release}`);
      started = true;
      height = lines.length;
      size = `${columns}x${rows}`;
      shown = frame;
    },
    close() {
      if (closed) return;
      closed = true;
      if (started) terminal.write(end);
    },
  };
}
