import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluate } from './evaluate.ts';
import type { Recording } from './recording.ts';

/**
 * Stands in for the pulumi executable that the sst CLI starts: `version`, `stack init`, and `preview` or `up`, which run
 * the program against an engine that records what it registers. Nothing is created anywhere. INFRA_RECORDING names
 * the file for the recording.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    stack: { type: 'string' },
    'event-log': { type: 'string' },
    config: { type: 'string', multiple: true },
    target: { type: 'string', multiple: true },
  },
});
const [command, second, third] = positionals;

switch (command) {
  case 'version':
    console.log('v3.215.0');
    break;
  case 'stack':
    if (second === 'init' && third) writeState(third, []);
    break;
  case 'preview':
  case 'up':
    process.exitCode = await run(String(values.stack), texts(values.config), String(values['event-log']));
    break;
  default:
    console.error(`the recording engine knows no command ${command}`);
    process.exitCode = 2;
}

async function run(stack: string, settings: string[], eventLog: string): Promise<number> {
  const config = Object.fromEntries(settings.map((text) => text.split(/=(.*)/s).slice(0, 2)));
  const main = /^main: (.+)$/m.exec(readFileSync('Pulumi.yaml', 'utf8'))?.[1];
  if (!main) throw new Error('Pulumi.yaml names no program');
  const recording = await evaluate({ stack, config, main: main.trim() });
  appendFileSync(eventLog, `${events(recording).join('\n')}\n`);
  writeState(
    stack,
    recording.resources.map(({ urn, custom, id, type, inputs, outputs, parent }) => ({
      ...{ urn, custom, type, inputs, outputs, id: custom ? id : undefined, parent: parent || undefined },
    })),
  );
  const file = process.env.INFRA_RECORDING;
  if (file) writeFileSync(file, JSON.stringify(recording));
  return recording.exitCode === 0 && recording.errors.length === 0 ? 0 : 1;
}

/** What the CLI reads back while the program runs. */
function events({ resources, errors }: Recording): string[] {
  const all = [
    ...resources.map(({ urn, type, custom, id, parent, inputs, outputs, provider }) => ({
      resOutputsEvent: {
        metadata: {
          ...{ op: 'create', urn, type, old: null, detailedDiff: null, provider: provider ?? '' },
          new: { type, urn, custom, id: id ?? '', parent, inputs, outputs, provider: provider ?? '' },
        },
      },
    })),
    ...errors.map(({ urn, message }) => ({
      diagnosticEvent: { urn, prefix: '', message, color: 'never', severity: 'error' },
    })),
    {
      summaryEvent: {
        maybeCorrupt: false,
        durationSeconds: 0,
        resourceChanges: { create: resources.length },
      },
    },
  ];
  return all.map((event, sequence) => JSON.stringify({ sequence, timestamp: 0, ...event }));
}

/** Where a file backend keeps a stack. */
function writeState(stack: string, resources: unknown[]): void {
  const [, app, stage] = stack.split('/');
  const backend = String(process.env.PULUMI_BACKEND_URL).replace(/^file:\/\//, '');
  const file = join(backend, '.pulumi/stacks', String(app), `${stage}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const manifest = { time: new Date().toISOString(), magic: '', version: 'v3.215.0' };
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint: { stack, latest: { manifest, resources } } }));
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
