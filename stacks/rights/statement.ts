/** One statement of a policy, as SST's components take it. */
export interface Statement {
  /** Granted, where it says nothing. */
  effect?: 'deny';
  actions: string[];
  resources: string[];
  conditions?: { test: string; variable: string; values: string[] }[];
}

/** Nothing, where there is nothing that it could be about: a policy must not have an empty list of resources. */
export function allow(
  actions: string[],
  resources: string[],
  conditions?: Statement['conditions'],
): Statement[] {
  if (resources.length === 0) return [];
  return [{ actions, resources, ...(conditions ? { conditions } : {}) }];
}

/** For what IAM knows no resources of; docs/security.md lists each. */
export function allowAnywhere(...actions: string[]): Statement[] {
  return [{ actions, resources: ['*'] }];
}
