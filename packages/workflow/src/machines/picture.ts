import type { Choice, Machine, State, Task } from './asl.ts';
import { closeState, supersededState, undoFleetState, undoTrafficState } from './pieces.ts';

/** States that every machine shares and that a reader of one machine need not see again. */
const ending = [undoTrafficState, undoFleetState, supersededState];

/** A machine as a Mermaid flowchart, without the errors' way: that is the same everywhere, and drawn once. */
export function picture(machine: Machine): string {
  const shown = Object.entries(machine.States).filter(([name]) => !ending.includes(name));
  return draw(
    shown,
    shown.flatMap(([name, state]) => arrows(name, state)),
  );
}

/** Where an error leads, from any task of any machine. */
export function endingPicture(machine: Machine): string {
  const shown = Object.entries(machine.States).filter(([name]) => [...ending, closeState].includes(name));
  const any = 'Any step';
  const errors = [...shown.flatMap(([name, state]) => arrows(name, state)), ...caught(machine, shown)];
  return draw(
    [[any, undefined], ...shown],
    [
      { from: any, to: undoTrafficState, label: 'an error, or retries are over' },
      { from: any, to: supersededState, label: 'Superseded' },
      ...errors,
    ],
  );
}

/** What each state does, in the machine's order: a Markdown table. */
export function table(machine: Machine): string {
  const rows = Object.entries(machine.States).flatMap(([name, state]) =>
    state.Type === 'Task' && !ending.includes(name)
      ? [
          `| ${name} | \`${state.Parameters.Payload.step}\` | ${state.Parameters.FunctionName} | ${state.Comment} |`,
        ]
      : [],
  );
  return ['| state | step | may change | what it does |', '|---|---|---|---|', ...rows].join('\n');
}

interface Arrow {
  from: string;
  to: string;
  label?: string;
}

function arrows(from: string, state: State): Arrow[] {
  switch (state.Type) {
    case 'Choice':
      return [
        ...state.Choices.map((c) => ({
          from,
          to: c.Next,
          label: c.StringEquals ?? ((c.BooleanEquals ?? c.IsPresent) ? 'yes' : 'no'),
        })),
        { from, to: state.Default, label: otherwise(state) },
      ];
    case 'Fail':
      return [];
    default:
      return state.Next === undefined ? [] : [{ from, to: state.Next }];
  }
}

function otherwise({ Choices: [first] }: Choice): string {
  if (first?.BooleanEquals !== undefined || first?.IsPresent !== undefined) return 'no';
  return first?.Variable.endsWith('.next') ? 'go' : 'else';
}

function caught(machine: Machine, shown: [string, State][]): Arrow[] {
  const tasks = shown.filter((entry): entry is [string, Task] => entry[1].Type === 'Task');
  return tasks.flatMap(([from, task]) =>
    (task.Catch ?? [])
      .filter((c) => c.Next !== supersededState && c.Next in machine.States)
      .map((c) => ({
        from,
        to: c.Next,
        label: 'even if it fails',
      })),
  );
}

function draw(states: [string, State | undefined][], lines: Arrow[]): string {
  const ids = new Map(states.map(([name], at) => [name, `s${at + 1}`]));
  const boxes = states.map(([name, state]) => `  ${ids.get(name)}${box(name, state)}`);
  const drawn = lines.flatMap(({ from, to, label }) => {
    const ends = [ids.get(from), ids.get(to)];
    if (ends.includes(undefined)) return [];
    return [`  ${ends[0]} -->${label === undefined ? '' : `|${label}|`} ${ends[1]}`];
  });
  return ['```mermaid', 'flowchart TD', ...boxes, ...new Set(drawn), '```'].join('\n');
}

function box(name: string, state: State | undefined): string {
  switch (state?.Type) {
    case 'Choice':
      return `{"${name}"}`;
    case 'Wait':
      return `(["${name}"])`;
    case 'Fail':
      return `[["${name}"]]`;
    default:
      return `["${name}"]`;
  }
}
