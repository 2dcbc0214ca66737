import { connectWorld, findWorlds, type WorldAdmin } from '@evac/sim';

/** The option that names a world, for every command that needs one. */
export const worldOption = [
  '--world <url>',
  "the world's admin address; not needed while one world runs on this machine",
] as const;

/** The world that was named, or else the only one there is. Rejects with a sentence when it is not clear which. */
export async function chooseWorld(named: string | undefined): Promise<WorldAdmin> {
  if (named !== undefined) {
    if (!URL.canParse(named))
      throw new Error(`--world takes an address such as http://127.0.0.1:8080, not "${named}"`);
    return connectWorld(named);
  }
  const worlds = await findWorlds();
  const [only, ...others] = worlds;
  if (!only)
    throw new Error('no world runs on this machine: start one with "evac sim up", or name one with --world');
  if (others.length === 0) return connectWorld(only.admin);
  const list = worlds.map(({ admin, pid }) => `  --world ${admin}  (process ${pid})`).join('\n');
  throw new Error(`${worlds.length} worlds run on this machine, choose one:\n${list}`);
}
