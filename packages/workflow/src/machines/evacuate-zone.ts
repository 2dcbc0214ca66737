import type { Machine } from './asl.ts';
import { machine } from './machine.ts';
import { type Functions, loop, type Piece, task } from './pieces.ts';

const holdAgain = 'Wait while the zone is held empty';

const pieces: Piece[] = [
  task(
    'Shift traffic out of the zone',
    'shift',
    'A zonal shift with an expiry, by zone ID. Where the balancer has none, or another is in force: deregisters the zone’s targets.',
  ),
  loop('Look whether traffic has left the zone', 'shift-applied', 'Asked for is not applied.', {
    question: 'Has traffic left the zone?',
    waiting: 'Wait for the shift to apply',
  }),
  task(
    'Suspend AZRebalance',
    'suspend-rebalance',
    'Else Auto Scaling would end the zone’s nodes as soon as the zone is taken off the group. Resumed by the fail-back.',
  ),
  task('Keep new launches out of the zone', 'keep-launches-out', 'Takes the zone off the groups’ list.'),
  task(
    'Make room in the other zones',
    'make-room',
    'Raises the desired size by what the zone carried, up to the maximum. Comes after the shift: the capacity guard has agreed that the survivors carry the load.',
  ),
  loop(
    'Prove that clients are served without the zone',
    'prove',
    'A deep probe through the region’s endpoint, as clients ask. The incident counts as recovered from here.',
    { question: 'Are clients served?', waiting: 'Wait before proving again' },
    { timeout: 180 },
  ),
  loop(
    'Hold the zone empty',
    'hold',
    'Extends the shift before it expires, and gives the lease back in between, so that a fail-back can begin. Ends with the fail-back, or when a person cancels the shift.',
    { question: 'Is the zone still to be held?', waiting: holdAgain, seconds: 'hold' },
    // The evacuation is proven: an API that fails now must not undo it.
    { onError: holdAgain },
  ),
  task(
    'Put the fleet back unless a fail-back did',
    'release-fleet',
    'Only where a person cancelled the shift: zones, size and AZRebalance as they were.',
    { timeout: 120 },
  ),
];

/** Moves all traffic out of an impaired zone and holds it empty until a fail-back. */
export const evacuateZone = (functions: Functions): Machine =>
  machine(
    {
      move: 'evacuate-zone',
      comment:
        'Moves traffic out of an impaired zone and holds it empty. Give: service, region, zone and a reason (verb recover or force). Ended by a fail-back of the zone.',
      // Below the longest timer of a JavaScript engine (24.8 days), above the longest hold (7 days).
      timeoutSeconds: 1_209_600,
    },
    pieces,
    functions,
  );
