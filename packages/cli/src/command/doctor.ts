import { type Command, InvalidArgumentError } from 'commander';
import { createOutput } from '../output.ts';

/** `evac doctor [file] [--stage NAME] [--json | --policy]` */
export function doctor(program: Command): void {
  program
    .command('doctor')
    .description('check an account against a config, before and after deploying; reads, and changes nothing')
    .argument('[file]', 'the config: .ts, .js or .json', './evac.config.ts')
    .option('--stage <name>', 'the stage whose cells are looked at', stageName, 'production')
    .option('--json', 'print one object for a program', false)
    .option('--policy', 'print the IAM policy that it needs, and ask nothing', false)
    .addHelpText('after', examples)
    .action(async (file: string, options: { stage: string; json: boolean; policy: boolean }) => {
      const { printPolicy, runDoctor } = await import('../doctor/run.ts');
      process.exitCode = options.policy
        ? await printPolicy(file, options)
        : await runDoctor(file, options, createOutput(options));
    });
}

/** As sst takes it, so that no pattern of a policy is widened by it. */
function stageName(text: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9-]*$/.test(text)) return text;
  throw new InvalidArgumentError('It must be letters, digits and hyphens, such as production.');
}

const examples = `
Examples:
  $ AWS_PROFILE=me evac doctor                    before deploying, and after
  $ evac doctor --json | jq '.findings[] | .fix'
  $ evac doctor --policy > policy.json            what whoever runs it must be allowed

Each finding says what was seen, what would be right and how to mend it; docs/doctor.md lists all of them. What could
not be read is a finding, too.

Exit codes: 0 nothing worse than a note, 1 an error, 3 warnings and no error, 2 wrong usage, or no credentials.`;
