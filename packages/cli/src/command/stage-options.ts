import { parseDuration } from '@evac/core';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** What every command takes that brings a world up and sends load to it. */
export function stageOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--interval <duration>',
        "the probes' interval; everything else is as much faster as this is than 5s",
      )
        .argParser(duration)
        .default(1_000, '1s'),
    )
    .option('--seed <n>', 'the same number makes the same choices', whole, 1)
    .option('--rate <n>', 'requests a second', whole, 20);
}

/** A duration between 200 ms and a minute, as ms. */
function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms < 200 || ms > 60_000)
    throw new InvalidArgumentError('It must be a duration from 200ms to 1m, such as 1s.');
  return ms;
}

export function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}
