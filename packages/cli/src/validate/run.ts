import { type Problem, problemSentence, resolveConfig } from '@evac/core/config';
import { loadConfig } from '../load-config.ts';
import type { Output } from '../output.ts';
import { summarize, summaryLines } from './summary.ts';

/** Prints every problem of a config and, if none is an error, what it means. Returns the exit code. */
export async function runValidate(file: string, output: Output, now: number): Promise<0 | 1> {
  const { settings, problems } = resolveConfig(await loadConfig(file), { now });
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  const services = settings?.services.map(summarize) ?? null;

  output.result({ file, ok: settings !== null, problems, services });
  printGroup(output, 'error', errors);
  printGroup(output, 'warning', warnings);
  const count = [plural(errors.length, 'error'), plural(warnings.length, 'warning')].join(', ');
  output.line(output.paint(errors.length > 0 ? 'red' : 'green', `${file}: ${count}`));
  for (const line of (services ?? []).flatMap((service) => summaryLines(service, output))) output.line(line);
  return settings ? 0 : 1;
}

function printGroup(output: Output, severity: Problem['severity'], problems: Problem[]): void {
  if (problems.length === 0) return;
  output.line(output.paint(['bold', severity === 'error' ? 'red' : 'yellow'], `${severity}s`));
  for (const problem of problems) output.line(`  ${problemSentence(problem)}`);
  output.line();
}

function plural(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
}
