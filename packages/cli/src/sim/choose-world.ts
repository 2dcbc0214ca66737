import { connectWorld, findWorlds, type WorldAdmin } from '@evac/sim/admin';
import { UserError } from '../user-error.ts';

/** The world that was named, or else the only one there is. Rejects with a UserError when it is not clear which. */
export async function chooseWorld(named: string | undefined): Promise<WorldAdmin> {
  if (named !== undefined) {
    if (!URL.canParse(named))
      throw new UserError(`--world takes an address such as http://127.0.0.1:8080, not "${named}"`);
    return connectWorld(named);
  }
  const worlds = await findWorlds();
  const [only, ...others] = worlds;
  if (!only)
    throw new UserError(
      'no world runs on this machine: start one with "evac sim up", or name one with --world',
    );
  if (others.length === 0) return connectWorld(only.admin);
  const list = worlds.map(({ admin, pid }) => `  --world ${admin}  (process ${pid})`).join('\n');
  throw new UserError(`${worlds.length} worlds run on this machine, choose one:\n${list}`);
}
