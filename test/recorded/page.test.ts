import { expect, it } from 'vitest';
import { readRecording, recordedCalls, recordingNames } from './recording.ts';

it('docs/api-calls.md says what was recorded', async () => {
  const moves = recordingNames.flatMap((name) => Object.entries(readRecording(name).moves));
  const functions = Object.entries(recordedCalls());
  const page = `# The calls to AWS

What the functions have really called on moto, behind a proxy that notes every call: while a node died, a zone was lost and
came back, and a region vanished and came back (\`test/aws/workflow/story.ts\`), and on the ways that those do not go
(\`test/aws/workflow/detours.ts\`, \`regions.ts\`). \`npm run test:aws\` fails when it sees anything else; \`npm run api-calls\` records it anew. The
roles that are deployed are held against it (\`test/infra/roles.test.ts\`).

moto has no LaunchInstances: it is refused there as an unknown action, and the launch goes by the desired capacity, so both
ways are here. A call of DynamoDB is named with the kind of items that it is about, and a transaction by its parts, since IAM
is asked for each.

## What each move does

In order, by the function and its step. Reads and the table's own writes are left out; the switch is in the table.

${moves.map(([name, acts]) => `### ${name}\n\n${list(acts)}`).join('\n\n')}

## What each function calls

${functions.map(([name, calls]) => `### ${name}\n\n${list(calls)}`).join('\n\n')}
`;
  await expect(page).toMatchFileSnapshot('../../docs/api-calls.md');
});

function list(lines: string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}
