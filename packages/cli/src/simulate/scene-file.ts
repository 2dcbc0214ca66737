import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseScene, type Scene } from '@evac/simulation';
import { UserError } from '../user-error.ts';

/** Throws a UserError: 2 for a file that cannot be read, 1 with every mistake in it. */
export async function readScene(file: string): Promise<Scene> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'does not exist' : `cannot be read: ${error.message}`;
    throw new UserError(`--scene ${file} ${why}; evac simulate writes such a file when a rule is broken`);
  });
  const { scene, mistakes } = parseScene(parsed(file, text));
  if (scene) return scene;
  throw new UserError([`${file} is no scene`, ...mistakes].join('\n  '), 1);
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file} is no JSON: ${error instanceof Error ? error.message : error}`, 1);
  }
}

/** Returns the file's name. */
export async function writeScene(dir: string, name: string, scene: Scene): Promise<string> {
  const file = join(dir, `${name}.json`);
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(file, `${JSON.stringify(scene, null, 2)}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new UserError(`--out ${dir} cannot be written: ${why}`);
  }
  return file;
}
