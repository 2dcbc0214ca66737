import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { ConfigName } from './configs.ts';
import type { Json, Properties, Resource } from './engine/recording.ts';
import type { Synthesis } from './synth.ts';

/** What a config's synthesis has recorded, and ways to find something in it. */
export function recorded(name: ConfigName) {
  const recording: Omit<Synthesis, 'remove'> = JSON.parse(
    readFileSync(join(inject('recordings'), `${name}.json`), 'utf8'),
  );
  const resources = recording.resources.filter((r) => r.custom && !r.type.startsWith('pulumi:'));
  /** Of a type by its last word: `Function`, `Role`. */
  const all = (type: string) => resources.filter((r) => r.type.endsWith(`:${type}`));
  const providers = recording.resources
    .filter((r) => r.type === 'pulumi:providers:aws')
    .map(({ urn, inputs }) => ({ urn, tags: at(JSON.parse(String(inputs.defaultTags ?? '{}')), 'tags') }));
  return {
    ...recording,
    resources,
    providers,
    all,
    one(type: string, logical: string): Resource {
      const found = all(type).filter((r) => r.name === logical);
      if (found[0] && found.length === 1) return found[0];
      throw new Error(
        `${found.length} resources ${type} are named ${logical}: ${all(type).map((r) => r.name)}`,
      );
    },
  };
}
export type Recorded = ReturnType<typeof recorded>;

/** Of no region's cell: health checks, records and the dashboard. */
export function joinsRegions({ type }: Pick<Resource, 'type'>): boolean {
  return /:route53|:Dashboard$/.test(type);
}

/** The value at a path such as `target.retryPolicy.maximumRetryAttempts`, or null. */
export function at(value: Json | Properties, path: string): Json {
  let here: Json = value;
  for (const key of path.split('.')) {
    if (Array.isArray(here)) here = here[Number(key)] ?? null;
    else if (here !== null && typeof here === 'object') here = here[key] ?? null;
    else return null;
  }
  return here;
}

export interface PolicyStatement {
  Effect: string;
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Every statement of a role's policies. */
export function statementsOf(role: Resource): PolicyStatement[] {
  const policies = role.inputs.inlinePolicies;
  if (!Array.isArray(policies)) return [];
  return policies.flatMap((policy) => {
    const document: { Statement: PolicyStatement[] } = JSON.parse(String(at(policy, 'policy')));
    return document.Statement.map((s) => ({
      ...s,
      Action: [s.Action].flat(),
      Resource: [s.Resource].flat(),
    }));
  });
}
