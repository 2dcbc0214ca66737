import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { bundling } from '../../functions/lib/bundling.ts';

const functions = new URL('../../functions/', import.meta.url).pathname;

/** One function as it is uploaded. */
export interface Bundle {
  name: string;
  bytes: number;
  limit: Limit;
  /** Packages and folders of ours, the largest first. */
  parts: { part: string; bytes: number }[];
  /** What is left out, and is loaded at once all the same: none, or the function does not start. */
  missing: string[];
}

interface Limit {
  bytes: number;
  importMs: number;
}

/** docs/architecture.md, the numbers: more for those that describe instances, which only EC2 can. */
const limits: Record<'usual' | 'ec2', Limit> = {
  usual: { bytes: 500_000, importMs: 100 },
  ec2: { bytes: 1_000_000, importMs: 150 },
};

/** The functions' names: one file each. */
export function functionNames(): string[] {
  return readdirSync(functions)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .toSorted();
}

/** As SST 4 bundles (pkg/runtime/node/build.go). */
export const asDeployed = {
  bundle: true,
  minify: true,
  keepNames: true,
  format: 'esm',
  platform: 'node',
  target: 'es2024',
  mainFields: ['module', 'main'],
  external: bundling.external,
  banner: { js: bundling.banner },
  logLevel: 'silent',
} satisfies BuildOptions;

/** Bundles these functions as they are deployed, each into `outdir`/NAME.mjs. */
export async function bundle(names: readonly string[], outdir: string): Promise<Bundle[]> {
  const { metafile } = await build({
    entryPoints: names.map((name) => join(functions, `${name}.ts`)),
    outdir,
    outExtension: { '.js': '.mjs' },
    ...asDeployed,
    metafile: true,
  });
  const outputs = Object.values(metafile.outputs);
  return names.map((name) => {
    const output = outputs.find(({ entryPoint }) => entryPoint?.endsWith(`functions/${name}.ts`));
    if (!output) throw new Error(`esbuild made nothing of ${name}`);
    return bundleOf(name, output);
  });
}

function bundleOf(name: string, { bytes, inputs, imports }: Metafile['outputs'][string]): Bundle {
  const parts = Map.groupBy(Object.entries(inputs), ([file]) => partOf(file));
  const asksEc2 = Object.keys(inputs).some((file) => file.endsWith('/signed/ec2.ts'));
  return {
    name,
    bytes,
    limit: asksEc2 ? limits.ec2 : limits.usual,
    parts: [...parts]
      .map(([part, of]) => ({
        part,
        bytes: of.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0),
      }))
      .toSorted((a, b) => b.bytes - a.bytes),
    missing: imports
      .filter(({ path, kind }) => bundling.external.includes(path) && kind !== 'dynamic-import')
      .map(({ path }) => path),
  };
}

function partOf(file: string): string {
  const dependency = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
  return dependency ?? /(packages\/[^/]+|functions)\//.exec(file)?.[1] ?? file;
}
