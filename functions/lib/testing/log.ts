import { vi } from 'vitest';

/** Everything that is written to the log meanwhile, however it is written. */
export function watchLog() {
  const lines: string[] = [];
  const keep = (text: unknown) => {
    lines.push(String(text));
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(keep),
    vi.spyOn(process.stderr, 'write').mockImplementation(keep),
    ...(['log', 'debug', 'info', 'warn', 'error'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(keep),
    ),
  ];
  return {
    lines,
    /** Those that are Powertools' own: one object a line. */
    entries: (): Record<string, unknown>[] =>
      lines.filter((l) => l.startsWith('{')).map((l): Record<string, unknown> => JSON.parse(l)),
    stop() {
      for (const spy of spies) spy.mockRestore();
    },
  };
}
