import type { Output } from '../output.ts';
import { UserError } from '../user-error.ts';
import { chooseWorld } from './choose-world.ts';

export interface FaultOptions {
  off: boolean;
  world?: string;
  json: boolean;
}

/** Puts a fault on, or takes it off, and says what that changed once the world is so. */
export async function runFault(
  name: string,
  target: string | null,
  options: FaultOptions,
  output: Output,
): Promise<void> {
  const world = await chooseWorld(options.world);
  const on = !options.off;
  const changed = await world.fault({ name, target, on }).catch((error: Error) => {
    throw new UserError(error.message);
  });
  for (const fault of changed) {
    output.line(`${fault.name} ${on ? 'strikes' : 'is taken off'} ${fault.target}`);
  }
  output.result({ on, changed });
}
