import { Command } from 'commander';
import { faultCommand } from './sim/fault.ts';
import { statusCommand } from './sim/status.ts';
import { upCommand } from './sim/up.ts';

/** evac sim: a world of real local servers to break. */
export function simCommand(): Command {
  return new Command('sim')
    .description('start, break and look at a world of real servers on this machine')
    .addCommand(upCommand())
    .addCommand(faultCommand())
    .addCommand(statusCommand());
}
