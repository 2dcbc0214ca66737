/** One mistake of a config, or one thing its owner should know. */
export interface Problem {
  severity: 'error' | 'warning';
  /** `services.llm.timing.timeout` */
  path: string;
  /** What was seen: what the owner wrote, or the default where nothing was written. Undefined where it is missing. */
  value: unknown;
  /** What is wrong with it and what would be right; follows the path and the value in a sentence. */
  message: string;
}

/** `services.llm.timing.timeout "10s" is longer than …` */
export function problemSentence(problem: Problem): string {
  const subject = problem.path === '' ? 'the config' : problem.path;
  if (problem.value === undefined) return `${subject} ${problem.message}`;
  return `${subject} ${shown(problem.value)} ${problem.message}`;
}

/** A value in one line, cut where it gets long. */
function shown(value: unknown): string {
  const text = asText(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function asText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // A config written in TypeScript may hold a bigint or a circle.
    return String(value);
  }
}

export type Path = readonly PropertyKey[];

/** ["services", "llm", "regions", 0] is `services.llm.regions[0]`. */
export function pathText(path: Path): string {
  return path
    .map((key, i) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = String(key);
      if (!/^[\w-]+$/.test(name)) return `[${JSON.stringify(name)}]`;
      return i === 0 ? name : `.${name}`;
    })
    .join('');
}

/** True if one path is the other or lies inside it. */
export function touches(a: string, b: string): boolean {
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  if (shorter === '') return true;
  return longer.startsWith(shorter) && ['', '.', '['].includes(longer.charAt(shorter.length));
}

/** What the input holds at a path; undefined where there is nothing. */
export function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const key of path) {
    if (!isContainer(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** What the input holds at a path given as text; where the path leads into a plain value, that value. */
export function findByText(input: unknown, text: string, path: Path = []): unknown {
  if (!isContainer(input)) return input;
  for (const [name, value] of Object.entries(input)) {
    const here = [...path, Array.isArray(input) ? Number(name) : name];
    const hereText = pathText(here);
    if (hereText === text) return value;
    if (text.startsWith(hereText) && touches(hereText, text)) return findByText(value, text, here);
  }
  return undefined;
}

/** A copy of the input without what lies at these paths. A list with a bad element goes as a whole: places count. */
export function without(input: unknown, paths: readonly Path[]): unknown {
  if (!isContainer(input) || paths.length === 0) return input;
  const here = new Set(paths.filter((path) => path.length === 1).map((path) => String(path[0])));
  if (Array.isArray(input) && here.size > 0) return undefined;
  const kept = Object.entries(input).flatMap(([key, value]): [string, unknown][] => {
    if (here.has(key)) return [];
    const inner = paths.filter(([first]) => String(first) === key).map((path) => path.slice(1));
    return [[key, without(value, inner)]];
  });
  return Array.isArray(input) ? kept.map(([, value]) => value) : Object.fromEntries(kept);
}

function isContainer(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}
