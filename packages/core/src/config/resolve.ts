import type { ServiceSettings, Settings } from '../settings.ts';
import { fillService } from './fill.ts';
import { type Installation, installationOf } from './installation.ts';
import { shapeProblems } from './issues.ts';
import { findByText, type Path, type Problem, pathText, touches, valueAt, without } from './problem.ts';
import { installationMistakes } from './rules/installation.ts';
import type { Mistake, ServiceRule } from './rules/mistake.ts';
import { placeRules } from './rules/place.ts';
import { probeRules } from './rules/probe.ts';
import { recoveryRules } from './rules/recovery.ts';
import { thresholdRules } from './rules/thresholds.ts';
import { timingRules } from './rules/timing.ts';
import { trafficRules } from './rules/traffic.ts';
import { controlMistakes, nameMistakes, sharedMistakes } from './rules/whole.ts';
import { type ParsedService, schema } from './schema.ts';
import { suggestedIn } from './suggest.ts';

const serviceRules: ServiceRule[] = [
  ...timingRules,
  ...recoveryRules,
  ...thresholdRules,
  ...placeRules,
  ...trafficRules,
  ...probeRules,
];

/**
 * What a config means, and every mistake in it at once: of shape first, then of sense, for all that could be read.
 * Settings, and what only deploying needs, are null if there is an error; a warning does not hinder. Never throws. `now`
 * (epoch ms) tells maintenance that is over.
 */
export function resolveConfig(
  input: unknown,
  options: { now?: number } = {},
): { settings: Settings | null; installation: Installation | null; problems: Problem[] } {
  const whole = schema.safeParse(input);
  const shape = whole.success ? [] : shapeProblems(whole.error.issues, input).map(({ problem }) => problem);
  const readable = whole.success ? { ...whole.data, lost: [] } : readRest(input);
  const unread = [...shape.flatMap(pathsOf), ...readable.lost];
  const services = Object.entries(readable.services).map(([name, given]) => fillService(name, given));
  const mistakes = [
    ...(readable.controls ? controlMistakes(readable.controls) : []),
    ...nameMistakes(Object.keys(readable.services)),
    ...sharedMistakes(services),
    ...(whole.success ? installationMistakes(whole.data) : []),
    ...services.flatMap((service) =>
      serviceRules.flatMap((rule) => rule(service, options.now ?? null).map((m) => inside(service, m))),
    ),
  ];
  const sense = mistakes
    .filter((m) => ![m.path, ...m.compared].some((path) => unread.some((gone) => touches(gone, path))))
    .map((mistake) => asProblem(mistake, input));
  const problems = [...shape, ...sense];
  const bad = problems.some(({ severity }) => severity === 'error');
  if (bad || !whole.success) return { settings: null, installation: null, problems };
  const settings = { controls: whole.data.controls, services };
  return { settings, installation: installationOf(whole.data), problems };
}

interface Readable {
  controls: string[] | null;
  services: Record<string, ParsedService>;
  /** What had to be left out. */
  lost: string[];
}

/** What can be read of a config that has mistakes of shape. */
function readRest(input: unknown): Readable {
  const controls = schema.shape.controls.safeParse(valueAt(input, ['controls']));
  const given = valueAt(input, ['services']);
  const services = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  const read = services.map(([name, service]) => ({ name, ...readService(service) }));
  return {
    controls: controls.success ? controls.data : null,
    services: Object.fromEntries(read.flatMap(({ name, service }) => (service ? [[name, service]] : []))),
    lost: read.flatMap(({ name, lost }) => lost.map((path) => pathText(['services', name, ...path]))),
  };
}

/** Leaves out what is wrong, and what is wrong without it, until the rest parses; null if too little is left. */
function readService(given: unknown): { service: ParsedService | null; lost: Path[] } {
  const lost: Path[] = [];
  let rest = given;
  // Every pass leaves out something that is there, so few are needed; the bound is for what nobody thought of.
  for (let pass = 0; pass < 20; pass += 1) {
    const parsed = schema.shape.services.valueType.safeParse(rest);
    if (parsed.success) return { service: parsed.data, lost };
    const bad = shapeProblems(parsed.error.issues, rest).map(({ path }) =>
      valueAt(rest, path) === undefined ? path.slice(0, -1) : path,
    );
    if (bad.some((path) => path.length === 0)) return { service: null, lost };
    lost.push(...bad);
    rest = without(rest, bad);
  }
  return { service: null, lost };
}

/** Where it is, and for a slip of the fingers also where it was meant to be. */
function pathsOf({ path, message }: Problem): string[] {
  const meant = suggestedIn(message);
  return meant === null ? [path] : [path, path.replace(/[^.\]]*$/, meant)];
}

function inside(service: ServiceSettings, mistake: Mistake): Mistake {
  const prefix = pathText(['services', service.name]);
  return {
    ...mistake,
    path: `${prefix}.${mistake.path}`,
    compared: mistake.compared.map((path) => `${prefix}.${path}`),
  };
}

/** Shows the value in the owner's words, or says that it is a default. */
function asProblem({ severity, path, value, message }: Mistake, input: unknown): Problem {
  const written = findByText(input, path);
  // Of a list of regions, the rule's own extract says more.
  if (written !== undefined)
    return { severity, path, value: typeof written === 'object' ? value : written, message };
  const note = value === undefined ? '' : ' (it is a default)';
  return { severity, path, value, message: `${message}${note}` };
}
