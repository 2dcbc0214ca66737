import type { Json, Recording, Resource } from './engine/recording.ts';
import { statementsOf } from './recorded.ts';

type Resources = Pick<Recording, 'resources'>;

/** Every resource on a line that a reviewer can read, by region: what it is, and what it is called. */
export function resourceList(recording: Resources): string {
  return byRegion(recording, (r) => [`  ${title(r)}`]);
}

/** The same with all that is asked of each. */
export function resourceDetails(recording: Resources): string {
  return byRegion(recording, (r) => [`  ${title(r)}`, ...details(r).map((line) => `      ${line}`)]);
}

function byRegion({ resources }: Resources, show: (resource: Resource) => string[]): string {
  const real = resources.filter((r) => r.custom && !r.type.startsWith('pulumi:'));
  const regions = [...Map.groupBy(real, (r) => r.region ?? 'everywhere')];
  return `${regions
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([region, all]) => {
      const shown = all.toSorted((a, b) => title(a).localeCompare(title(b))).flatMap(show);
      return [region, ...shown].join('\n');
    })
    .join('\n\n')}\n`;
}

function title({ type, name, inputs }: Resource): string {
  const kind = type.replace(/^aws:(\w+)\/.*:(\w+)$/, '$1 $2').replace(/^random:.*:/, 'random ');
  const called = inputs.name ?? inputs.alarmName ?? inputs.dashboardName;
  return typeof called === 'string' ? `${kind}  ${name}  ${called}` : `${kind}  ${name}`;
}

/** Shown otherwise, or changing with every change of the sources. */
const elsewhere = [
  'name',
  'alarmName',
  'dashboardName',
  'inlinePolicies',
  'definition',
  'dashboardBody',
  's3Key',
  'key',
  'source',
  '__defaults',
];

function details(resource: Resource): string[] {
  const { inputs, protect, retainOnDelete, ignoreChanges } = resource;
  const own = Object.entries(inputs)
    .filter(([key]) => !elsewhere.includes(key))
    .toSorted(([a], [b]) => a.localeCompare(b))
    .flatMap(([key, value]) =>
      key === 'environment' ? environment(value) : [`${key}: ${JSON.stringify(value)}`],
    );
  return [
    ...own,
    ...statementsOf(resource).map(({ Effect, Action, Resource, Condition }) =>
      [
        Effect,
        Action.join(' '),
        'on',
        Resource.join(' '),
        ...(Condition ? ['if', JSON.stringify(Condition)] : []),
      ].join(' '),
    ),
    ...(protect ? ['protected'] : []),
    ...(retainOnDelete ? ['kept'] : []),
    ...(ignoreChanges.length > 0 ? [`left alone: ${ignoreChanges.join(', ')}`] : []),
  ];
}

function environment(value: Json): string[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  const { variables } = value;
  if (variables === null || typeof variables !== 'object' || Array.isArray(variables)) return [];
  return Object.entries(variables ?? {})
    .filter(([key]) => key.startsWith('EVAC_'))
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([key, text]) => `${key}=${text}`);
}
