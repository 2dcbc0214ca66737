import {
  type MoveName,
  type Notification,
  type RegionName,
  regionName,
  type Vantage,
  vantageId,
  zoneName,
} from '@evac/core';
import { EnvironmentError, fieldsOf, textIn, urlsIn } from './environment-values.ts';

/** What the functions are told when they are deployed. */
export interface Environment {
  region: RegionName;
  /** The table's name, the same in every region: the peers' tables are read under it too. */
  table: string;
  /** Path of the resolved settings (core's `Settings` as JSON), written when deploying, so that no function carries zod. */
  settings: string;
  /** Where this probe asks from: a zone's subnet, or (zone null) the region from outside the VPC. */
  vantage: Vantage;
  /** All of this region's vantages. */
  vantages: Vantage[];
  /** The state machines' ARNs. */
  machines: Record<MoveName, string>;
  /** SNS topics' ARNs. */
  topics: Record<Notification['severity'], string>;
  /** The event bus that machines are told on; null: none is told. */
  bus: string | null;
  /** The SSM document that restarts a node's server (`restartDocument` of @evac/aws). */
  restartDocument: string;
  /** Hosted zones' ids by the names in them; names that are not here are looked for in Route 53. */
  hostedZones: Record<string, string>;
  /** The owner's alarms in this region: the service of each, by the alarm's name. */
  alarms: Record<string, string>;
}
type Name = keyof Environment;

interface Variable<Value> {
  variable: string;
  /** Taken where the variable is not set; without it, the variable is required. */
  otherwise?: string;
  what: string;
  read(text: string, region: RegionName): Value;
}

/** The one list: every variable, what it holds, and how it is read. */
export const variables: { readonly [N in Name]: Variable<Environment[N]> } = {
  region: { variable: 'AWS_REGION', what: 'set by Lambda', read: (text) => regionName(nonEmpty(text)) },
  table: { variable: 'EVAC_TABLE', what: "the table's name", read: nonEmpty },
  settings: {
    variable: 'EVAC_SETTINGS',
    what: 'the path of settings.json, from the task root',
    otherwise: 'settings.json',
    read: nonEmpty,
  },
  vantage: {
    variable: 'EVAC_VANTAGE',
    what: '{"id": "in/us-west-2a", "zone": "us-west-2a" (or null), "controls": ["https://…"]}',
    read: (text, region) => vantageFrom(JSON.parse(text), region),
  },
  vantages: {
    variable: 'EVAC_VANTAGES',
    what: 'a list of what EVAC_VANTAGE holds',
    read(text, region) {
      const list: unknown = JSON.parse(text);
      if (!Array.isArray(list) || list.length === 0)
        throw new EnvironmentError('must be a list of at least one');
      return list.map((one) => vantageFrom(one, region));
    },
  },
  machines: {
    variable: 'EVAC_MACHINES',
    what: '{"replace-node": "arn:…", …}, one of each move',
    read(text) {
      const arns = fieldsOf(JSON.parse(text));
      return {
        'replace-node': textIn(arns, 'replace-node'),
        'evacuate-zone': textIn(arns, 'evacuate-zone'),
        'fail-over-region': textIn(arns, 'fail-over-region'),
        'fail-back': textIn(arns, 'fail-back'),
      };
    },
  },
  topics: {
    variable: 'EVAC_TOPICS',
    what: '{"info": "arn:…", "warning": "arn:…", "critical": "arn:…"}',
    read(text) {
      const arns = fieldsOf(JSON.parse(text));
      return {
        info: textIn(arns, 'info'),
        warning: textIn(arns, 'warning'),
        critical: textIn(arns, 'critical'),
      };
    },
  },
  bus: {
    variable: 'EVAC_BUS',
    what: "an event bus's name, or nothing",
    otherwise: '',
    read: (text) => (text === '' ? null : text),
  },
  restartDocument: {
    variable: 'EVAC_RESTART_DOCUMENT',
    what: "the SSM document's name",
    read: nonEmpty,
  },
  hostedZones: {
    variable: 'EVAC_HOSTED_ZONES',
    what: '{"chat.example.com": "Z…"}',
    otherwise: '{}',
    read: texts,
  },
  alarms: {
    variable: 'EVAC_ALARMS',
    what: '{"gpu-errors": "llm"}: services by the names of alarms',
    otherwise: '{}',
    read: texts,
  },
};

const everywhere = ['region', 'table', 'settings'] as const;
const step = [...everywhere, 'vantages', 'hostedZones'] as const;
const telling = ['topics', 'bus'] as const;

/** Which of them each function reads, and therefore must be given. */
export const needs = {
  probe: [...everywhere, 'vantage'],
  decide: [...everywhere, 'vantages', 'hostedZones', 'machines', 'alarms', ...telling],
  fleet: step,
  traffic: [...step, ...telling],
  restart: [...step, 'restartDocument'],
  prove: step,
  record: [...step, ...telling],
  switch: everywhere,
  approve: everywhere,
  discover: [...everywhere, ...telling],
} as const satisfies Record<string, readonly Name[]>;

export type FunctionName = keyof typeof needs;

/** What a function is told. Throws one EnvironmentError that names every variable that is missing or wrong. */
export function readEnvironment<F extends FunctionName>(
  name: F,
  env: Readonly<Record<string, string | undefined>>,
): Pick<Environment, (typeof needs)[F][number]>;
export function readEnvironment(
  name: FunctionName,
  env: Readonly<Record<string, string | undefined>>,
): Partial<Environment> {
  const wanted: readonly Name[] = needs[name];
  const region = regionName(env[variables.region.variable] ?? '');
  const mistakes: string[] = [];
  const read = wanted.map((one) => {
    const { variable, otherwise, what } = variables[one];
    const text = env[variable] ?? otherwise;
    if (text === undefined) {
      mistakes.push(`${variable} is not set: it should hold ${what}`);
      return [one, undefined];
    }
    try {
      return [one, variables[one].read(text, region)];
    } catch (error) {
      const why = error instanceof EnvironmentError ? error.message : 'is not JSON';
      mistakes.push(`${variable} ${why}: it is ${text}, and should hold ${what}`);
      return [one, undefined];
    }
  });
  if (mistakes.length > 0) {
    throw new EnvironmentError(`the function ${name} cannot start:\n- ${mistakes.join('\n- ')}`);
  }
  return Object.fromEntries(read);
}

function texts(text: string): Record<string, string> {
  const fields = fieldsOf(JSON.parse(text));
  return Object.fromEntries(Object.keys(fields).map((name) => [name, textIn(fields, name)]));
}

function nonEmpty(text: string): string {
  if (text === '') throw new EnvironmentError('must not be empty');
  return text;
}

function vantageFrom(value: unknown, region: RegionName): Vantage {
  const fields = fieldsOf(value);
  return {
    id: vantageId(textIn(fields, 'id')),
    region,
    zone: fields.zone === null ? null : zoneName(textIn(fields, 'zone')),
    controls: urlsIn(fields, 'controls'),
  };
}
