import { describe, expect, it } from 'vitest';
import { demoView } from '../testing/live-view.ts';
import { createLiveView } from './live-driver.ts';

function screen(size: { columns?: number; rows?: number; isTTY?: boolean }) {
  const written: string[] = [];
  return { ...size, written, write: (text: string) => written.push(text) };
}

const up = (lines: number) => `\u001b[${lines}A`;

describe('in a terminal', () => {
  it('draws each frame over the last one and clears what was below', () => {
    const terminal = screen({ isTTY: true, columns: 80, rows: 24 });
    const live = createLiveView(terminal);
    live.draw(demoView(50_000));
    live.draw(demoView(56_000));
    const [first = '', second = ''] = terminal.written;
    const height = first.split('\n').length - 1;
    expect(first).not.toContain(up(height));
    expect(second).toContain(`\r${up(height)}`);
    expect(second).toContain('\u001b[J');
    expect(second).not.toContain('\u001b[2J');
    expect(terminal.written).toHaveLength(2);
  });

  it('writes nothing for a frame that is the same', () => {
    const terminal = screen({ isTTY: true, columns: 80, rows: 24 });
    const live = createLiveView(terminal);
    live.draw(demoView());
    live.draw(demoView());
    expect(terminal.written).toHaveLength(1);
  });

  it('starts on a clean page after the window has changed its size', () => {
    const terminal = screen({ isTTY: true, columns: 80, rows: 24 });
    const live = createLiveView(terminal);
    live.draw(demoView());
    terminal.columns = 60;
    live.draw(demoView());
    expect(terminal.written[1]).toContain('\u001b[2J\u001b[H');
  });

  it('gives cursor and autowrap back, once, and draws no more', () => {
    const terminal = screen({ isTTY: true });
    const live = createLiveView(terminal);
    live.draw(demoView());
    expect(terminal.written[0]?.startsWith('\u001b[?25l\u001b[?7l')).toBe(true);
    live.close();
    live.close();
    live.draw(demoView(60_000));
    expect(terminal.written).toHaveLength(2);
    expect(terminal.written[1]).toBe('\u001b[?7h\u001b[?25h');
  });

  it('leaves a terminal alone that it never drew on', () => {
    const terminal = screen({ isTTY: true });
    createLiveView(terminal).close();
    expect(terminal.written).toEqual([]);
  });
});

describe('where there is no terminal', () => {
  it('prints each event and each step once, in the order they happened, without a code', () => {
    const output = screen({});
    const live = createLiveView(output);
    for (const at of [7_000, 12_000, 12_000, 40_000]) live.draw(demoView(at));
    live.close();
    live.draw(demoView(90_000));
    const text = output.written.join('');
    expect(text).not.toContain('\u001b');
    expect(new Set(output.written).size).toBe(output.written.length);
    expect(text.split('\n').map((line) => line.slice(0, 7))).toEqual(
      text
        .split('\n')
        .map((line) => line.slice(0, 7))
        .filter((time) => time !== '')
        .toSorted()
        .concat(''),
    );
    expect(output.written.filter((line) => line.includes('Drain, done: Deregistered'))).toHaveLength(1);
    expect(text).toContain('replace-node i-0a1b2c3d4e5f60718: recovered in 19.2 s');
    expect(text).toContain(
      '00:06.0  fault-on         node-hang on us-west-2/us-west-2a/i-0a1b2c3d4e5f60718\n',
    );
  });
});
