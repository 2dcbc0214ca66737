/** A value as it went over the wire, secrets unwrapped. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Properties = { [key: string]: Json };

/** One resource that the program registered. */
export interface Resource {
  urn: string;
  /** "aws:lambda/function:Function" */
  type: string;
  /** The logical name, unique within its type. */
  name: string;
  /** False for what only groups others. */
  custom: boolean;
  parent: string;
  provider: string | null;
  /** Of a resource of AWS: where its provider creates it. */
  region: string | null;
  inputs: Properties;
  outputs: Properties;
  id: string | null;
  /** Paths of inputs that are marked secret. */
  secrets: string[];
  dependencies: string[];
  ignoreChanges: string[];
  protect: boolean;
  retainOnDelete: boolean;
}

/** Everything that a run of the program would have created. */
export interface Recording {
  project: string;
  stage: string;
  resources: Resource[];
  /** What the program returned. */
  outputs: Properties;
  errors: { urn: string; message: string }[];
  exitCode: number;
}
