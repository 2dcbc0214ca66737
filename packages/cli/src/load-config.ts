import { readFile, stat } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from './user-error.ts';

const extensions = ['.ts', '.mts', '.js', '.mjs', '.json'];
const ours = '@evac/core/config';

/**
 * The default export of a config file, not yet checked: that is resolveConfig's. Throws a UserError for a file that
 * is missing (2), or cannot be read, imported or exports nothing (1).
 */
export async function loadConfig(path: string): Promise<unknown> {
  const file = resolve(path);
  const found = await stat(file).catch(() => null);
  if (!found)
    throw new UserError(`${path} does not exist; name a config file, or run this where evac.config.ts is`);
  if (!found.isFile() || !extensions.includes(extname(file)))
    throw new UserError(`${path} is no config file; one ends in ${extensions.join(', ')}`);
  return extname(file) === '.json' ? readJson(path, file) : importDefault(path, file);
}

async function readJson(path: string, file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${sentence(error)}`, 1);
  }
}

async function importDefault(path: string, file: string): Promise<unknown> {
  const url = pathToFileURL(file).href;
  const hooks = helpImport(url);
  try {
    const module: Record<string, unknown> = await import(url);
    if (!('default' in module))
      throw new UserError(`${path} has no default export; "export default defineConfig({ … })" is one`, 1);
    return module.default;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path} cannot be imported: ${sentence(error)}`, 1);
  } finally {
    hooks.deregister();
  }
}

/**
 * A config may lie anywhere, away from our packages and from any package.json: `defineConfig` is found from here, and
 * TypeScript is taken for a module.
 */
function helpImport(url: string) {
  const known = import.meta.resolve(ours);
  return registerHooks({
    resolve: (specifier, context, next) =>
      specifier === ours ? { url: known, shortCircuit: true } : next(specifier, context),
    load: (asked, context, next) =>
      next(
        asked,
        asked === url && url.endsWith('.ts') ? { ...context, format: 'module-typescript' } : context,
      ),
  });
}

/** The first line: the rest is advice for who wrote the importer. */
function sentence(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split('\n')[0] ?? text;
}
