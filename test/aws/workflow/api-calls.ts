import type { Made } from './calls.ts';
import type { Story } from './story.ts';
import { scenes } from './story.ts';

/** What a move does to the world, in order: the function, the step, the call. Asked again, it is one. */
export function actsOf(made: readonly Made[]): string[] {
  const acts = made.filter((m) => m.act && m.function !== 'decide');
  return [...new Set(acts.map((m) => `${m.function} (${m.step}): ${m.call}`))];
}

/** Calls of every function by where they go: reads are made by evidence and time, so only which there are is told. */
function callsBy(made: readonly Made[]): Map<string, Set<string>> {
  const by = new Map<string, Set<string>>();
  for (const m of made) {
    const calls = by.get(m.function) ?? new Set();
    by.set(m.function, calls.add(m.elsewhere ? `${m.call}, in other regions` : m.call));
  }
  return by;
}

/** docs/api-calls.md: the same for every run of the same moves. */
export function apiCallsPage(story: Story): string {
  const all = scenes.flatMap((scene) => story[scene].made);
  const functions = [...callsBy(all)].toSorted(([a], [b]) => a.localeCompare(b));
  return `# The calls to AWS

Written by \`npm run test:aws\`, which fails when this page is not what it has seen; \`npm run api-calls\` writes it anew. It is
what the functions have really called on moto, behind a proxy that notes every call, while a node died, a zone was lost and
came back, and a region vanished and came back (\`test/aws/workflow/story.ts\`).

moto has no LaunchInstances: it is refused there as an unknown action, and the launch goes by the desired capacity, so both
ways are here. Not here, since nothing in that story needs it: the restart of a server (SSM), \`records\` control, a node
that is kept, what undoing a move calls, an event bus. A call of DynamoDB is named with the kinds of items that it is about.

## What each move does

In order, by the function and its step. Reads and the table's own writes are left out; the switch is in the table.

${scenes.map((scene) => `### ${scene}\n\n${list(actsOf(story[scene].made))}`).join('\n\n')}

## What each function calls

${functions.map(([name, calls]) => `### ${name}\n\n${list([...calls].toSorted())}`).join('\n\n')}
`;
}

function list(lines: string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}
