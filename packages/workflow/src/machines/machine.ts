import type { MoveName } from '@evac/core';
import { supersededError } from '../steps/errors.ts';
import type { Machine, State } from './asl.ts';
import {
  chain,
  choice,
  closeState,
  completing,
  type Functions,
  first,
  invoke,
  loop,
  only,
  type Piece,
  supersededState,
  task,
  undoFleetState,
  undoTrafficState,
} from './pieces.ts';

const ask = 'Is the request complete?';
const complete = 'Complete a person’s request';
const start = 'Take the request';

/** What every move begins with. */
const admitted: Piece[] = [
  loop(
    'Admit the move',
    'admit',
    'Opens the incident, takes the lease with its fencing token, and asks every guard again on fresh evidence. A refusal closes the incident; nothing is done. An execution that was interrupted goes on from the record.',
    { question: 'Is it admitted?', waiting: 'Wait for the lease' },
    { mayStop: true },
  ),
  only('Does a person have to approve?', { Variable: '$.needsApproval', BooleanEquals: true }, [
    loop(
      'Ask whether a person approved',
      'await-approval',
      'Reads the incident for a person’s answer. Granted: the guards are asked once more. Declined, or no answer in time: refused.',
      { question: 'Did a person approve?', waiting: 'Wait for a person to approve' },
      { mayStop: true },
    ),
  ]),
];

/** What every move ends with: undoing when an error led here, then closing. */
function ending(functions: Functions): Record<string, State> {
  return {
    ...chain(
      [
        task(
          undoTrafficState,
          'undo-traffic',
          'Undoes, newest first and from the incident’s record, what this move did to targets, shifts, DNS and switches.',
          { onError: undoFleetState, timeout: 120, persists: true },
        ),
        task(
          undoFleetState,
          'undo-fleet',
          'Undoes, newest first and from the incident’s record, what this move did to Auto Scaling groups. AZRebalance is resumed here.',
          { onError: closeState, timeout: 120, persists: true },
        ),
      ],
      closeState,
      functions,
    ),
    [closeState]: {
      ...invoke(
        'close',
        'Writes the outcome that the record shows, tells people, and gives the lease back. What could not be undone is named and a person is called.',
        functions,
      ),
      Catch: [{ ErrorEquals: [supersededError], ResultPath: '$.run.error', Next: supersededState }],
      End: true,
    },
    [supersededState]: {
      Type: 'Fail',
      Comment:
        'The fencing token is no longer the present one, or its lease has expired. Nothing was done with it. Start the move again with the same input: it goes on from the record.',
      Error: supersededError,
      Cause: 'Another execution holds the lease of this incident, or the lease expired: see the incident.',
    },
  };
}

/** A whole machine from the pieces between Admit and Close. */
export function machine(
  about: { move: MoveName; comment: string; timeoutSeconds: number },
  pieces: Piece[],
  functions: Functions,
): Machine {
  const all = [...admitted, ...pieces];
  return {
    Comment: about.comment,
    StartAt: ask,
    TimeoutSeconds: about.timeoutSeconds,
    States: {
      [ask]: choice('Evac starts an execution with all of its input, a person with a little.', complete, [
        { Variable: '$.incident', IsPresent: true, Next: start },
      ]),
      [complete]: completing(about.move, functions, start),
      [start]: {
        Type: 'Pass',
        Comment: 'Makes room beside the input for the lease, the last step’s answer and an error.',
        Result: { result: { next: 'go', text: 'started', lease: null }, error: null },
        ResultPath: '$.run',
        Next: first(all, closeState),
      },
      ...chain(all, closeState, functions),
      ...ending(functions),
    },
  };
}
