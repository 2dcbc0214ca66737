import { CommanderError } from 'commander';
import { createProgram } from './program.ts';
import { UserError } from './user-error.ts';

/** Runs the command line and says how it ended: 0 ok, 1 problems or a broken promise, 2 wrong usage. */
export async function main(args: string[]): Promise<number> {
  // `evac … | head -1` is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has said what is wrong already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UserError) {
      process.stderr.write(`evac: ${error.message}\n`);
      return error.exitCode;
    }
    process.stderr.write('evac: this should not have happened; please report it with what follows\n');
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    return 1;
  }
}
