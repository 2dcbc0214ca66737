/** Something that keeps a replay from its answer; the same one, met a thousand times, is told once. */
export interface ReplayProblem {
  text: string;
  count: number;
  /** The first line of the file that it was met on. */
  line: number;
}

export function createProblems() {
  const met = new Map<string, ReplayProblem>();
  return {
    add(line: number, text: string): void {
      const known = met.get(text);
      if (known) known.count += 1;
      else met.set(text, { text, count: 1, line });
    },
    all: (): ReplayProblem[] => [...met.values()],
  };
}
