import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectWorld } from './admin/client.ts';

/** A world that runs on this machine, as it was remembered. */
interface KnownWorld {
  admin: string;
  pid: number;
}

/** One file a world, in a directory of this user's under the temporary one. */
function directory(): string {
  return path.join(tmpdir(), `evac-worlds-${process.getuid?.() ?? 'user'}`);
}

/** Remembers a world of this process, so that other commands find it; returns what forgets it again. */
export async function rememberWorld(admin: string): Promise<() => Promise<void>> {
  await mkdir(directory(), { recursive: true, mode: 0o700 });
  const file = path.join(directory(), `${process.pid}-${new URL(admin).port}.json`);
  const world: KnownWorld = { admin, pid: process.pid };
  await writeFile(file, JSON.stringify(world), { mode: 0o600 });
  return () => rm(file, { force: true });
}

/** The remembered worlds that still answer, oldest first; the others are forgotten. */
export async function findWorlds(): Promise<KnownWorld[]> {
  const names = await readdir(directory()).catch(() => []);
  const found = await Promise.all(names.map((name) => look(path.join(directory(), name))));
  return found.filter((world) => world !== null).toSorted((a, b) => a.pid - b.pid);
}

async function look(file: string): Promise<KnownWorld | null> {
  try {
    const world: KnownWorld = JSON.parse(await readFile(file, 'utf8'));
    const { admin } = await connectWorld(world.admin).description();
    if (admin === world.admin) return world;
  } catch {
    // Not a world, or not any more.
  }
  await rm(file, { force: true });
  return null;
}
