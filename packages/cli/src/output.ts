import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** What a command says: lines for a person, or with --json one object for a program; never both. */
export interface Output {
  readonly json: boolean;
  /** To stdout, for a person. */
  line(text?: string): void;
  /** To stdout, for a program, once. */
  result(value: unknown): void;
  /** To stderr, over itself, only on a terminal; null takes it away. */
  progress(text: string | null): void;
  /** Whether stdout shows colours. */
  readonly color: boolean;
  /** Coloured on a terminal; NO_COLOR and FORCE_COLOR are honoured. */
  paint(style: Style, text: string): string;
}

export function createOutput({ json }: { json: boolean }): Output {
  return {
    json,
    line(text = '') {
      if (!json) process.stdout.write(`${text}\n`);
    },
    result(value) {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    progress(text) {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text ?? ''}`);
    },
    color: styleText('red', 'x', { stream: process.stdout }) !== 'x',
    paint: (style, text) => styleText(style, text, { stream: process.stdout }),
  };
}
