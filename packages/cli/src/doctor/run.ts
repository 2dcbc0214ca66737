import { createClients } from '@evac/aws';
import { partitionOf, personsCredentials, policyOf, readPicture } from '@evac/aws/doctor';
import type { RegionName, Settings } from '@evac/core';
import { type Installation, problemSentence, resolveConfig } from '@evac/core/config';
import { loadConfig } from '../load-config.ts';
import type { Output } from '../output.ts';
import { UserError } from '../user-error.ts';
import type { Severity } from './finding.ts';
import { judge } from './judge.ts';
import { countOf, countText, showFindings } from './show.ts';

/** What one attempt may take until its answer begins; a call has three. */
const attemptMs = 5_000;
const attempts = 3;

export type ExitCode = 0 | 1 | 3;

/** Checks an account against a config. Returns the exit code; throws a UserError where nothing can be asked. */
export async function runDoctor(
  file: string,
  { stage }: { stage: string },
  output: Output,
): Promise<ExitCode> {
  const { settings, installation } = await read(file);
  const credentials = await findCredentials();
  const regions = regionsOf(settings);
  const clients = regions.map((region) => createClients({ region, credentials, attempts, attemptMs }));
  const asking = new Map<string, string>();
  try {
    const picture = await readPicture({
      stage,
      services: settings.services,
      installation,
      clients,
      clock: { now: Date.now, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
      progress(region, what) {
        asking.set(region, what);
        const text = [...asking].map(([name, asked]) => `${name}: ${asked}`).join('  ');
        // A line that wraps could not be taken away again.
        output.progress(text.slice(0, (process.stderr.columns ?? 80) - 1));
      },
    });
    output.progress(null);
    mustBeKnown(picture.gaps, regions.length);
    const skew = picture.clock ? picture.clock.there - picture.clock.here : 0;
    const findings = judge(picture, { services: settings.services, installation }, Date.now() + skew);
    const exitCode = exitCodeOf(findings);
    const counts = countOf(findings);
    output.result({ file, stage, regions, counts, exitCode, findings });
    showFindings(findings, output);
    const summary = `${file}, stage ${stage}, ${regions.join(', ')}: ${countText(findings)}`;
    output.line(output.paint(exitCode === 1 ? 'red' : exitCode === 3 ? 'yellow' : 'green', summary));
    return exitCode;
  } finally {
    output.progress(null);
    for (const one of clients) one.destroy();
  }
}

/** Prints the IAM policy of who runs the doctor on this stage. */
export async function printPolicy(file: string, { stage }: { stage: string }): Promise<0> {
  const { settings } = await read(file);
  const [region = ''] = regionsOf(settings);
  process.stdout.write(`${JSON.stringify(policyOf(stage, partitionOf(region)), null, 2)}\n`);
  return 0;
}

/** 0: nothing worse than a note. 1: an error. 3: warnings, and no error. 2 is wrong usage. */
export function exitCodeOf(findings: readonly { severity: Severity }[]): ExitCode {
  if (findings.some(({ severity }) => severity === 'error')) return 1;
  return findings.some(({ severity }) => severity === 'warning') ? 3 : 0;
}

async function read(file: string): Promise<{ settings: Settings; installation: Installation }> {
  const { settings, installation, problems } = resolveConfig(await loadConfig(file));
  if (settings && installation) return { settings, installation };
  const first = problems.find(({ severity }) => severity === 'error');
  throw new UserError(`${file} has mistakes, see evac validate: ${first ? problemSentence(first) : ''}`, 1);
}

function regionsOf({ services }: Settings): RegionName[] {
  return [...new Set(services.flatMap((s) => s.regions.map((r) => r.region)))];
}

const how = 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run aws sso login';

async function findCredentials() {
  const provider = personsCredentials();
  try {
    await provider();
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new UserError(`there are no credentials for AWS (${said}); ${how}`);
  }
  return provider;
}

/** Words of STS for credentials that nobody has, or that have expired. */
const unknown = /ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient|AuthFailure/;

/** Where every region refuses them, it is the credentials and not the regions. */
function mustBeKnown(gaps: readonly { action: string; text: string }[], regions: number): void {
  const refused = gaps.filter((g) => g.action === 'sts:GetCallerIdentity' && unknown.test(g.text));
  if (refused.length < regions) return;
  throw new UserError(`AWS does not take these credentials (${refused[0]?.text}); ${how}`);
}
