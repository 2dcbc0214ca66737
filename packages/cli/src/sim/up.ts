import type { WorldOptions } from '@evac/sim';
import { rememberWorld } from '@evac/sim/admin';
import { startWorld, type World } from '@evac/sim/world';
import { UserError } from '../user-error.ts';
import { introduce } from './introduce.ts';

/** Runs a world until it is told to end. */
export async function runUp({ json, ...options }: WorldOptions & { json: boolean }): Promise<void> {
  const world = await startWorld(options).catch((error: Error) => {
    throw new UserError(`the world cannot start: ${error.message}`);
  });
  endWithTheProcess(world);
  const forget = await rememberWorld(world.description.admin);
  console.log(json ? JSON.stringify(world.description) : introduce(world.description));
  await world.ended;
  await forget();
}

/** Ctrl-C, a polite kill, a closed terminal, and the end of a process that started this one and talks to it. */
function endWithTheProcess(world: World): void {
  const end = () => void world.stop();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  process.once('disconnect', end);
  // Listening for the channel's end would keep the process alive for it.
  process.channel?.unref();
}
