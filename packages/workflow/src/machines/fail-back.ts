import type { Machine } from './asl.ts';
import { machine } from './machine.ts';
import { either, type Functions, loop, type Piece, task } from './pieces.ts';

const share = 'Give the region its next share';

const zone: Piece[] = [
  loop(
    'Check that the zone’s nodes answer',
    'zone-answers',
    'A deep probe of each: more than half have to answer.',
    { question: 'Do the zone’s nodes answer?', waiting: 'Wait for the zone’s nodes' },
    { timeout: 180 },
  ),
  task('Allow launches in the zone again', 'restore-zones', 'Puts the zone back on the groups’ list.'),
  task(
    'Let traffic back into the zone',
    'return-traffic',
    'Cancels the shift, or registers the targets again.',
  ),
  loop(
    'Look whether the zone takes traffic',
    'zone-takes-traffic',
    'No shift in force, and the load balancer uses a target in the zone.',
    { question: 'Does the zone take traffic?', waiting: 'Wait for the zone to take traffic' },
  ),
  loop(
    'Prove that clients are served with the zone',
    'prove',
    'A deep probe through the region’s endpoint, as clients ask.',
    { question: 'Are clients served with the zone?', waiting: 'Wait before proving the zone again' },
    { timeout: 180 },
  ),
  task(
    'Take back the room that was made',
    'restore-room',
    'Lowers the desired size to what it was: first by nodes that a move has left out.',
  ),
  task('Resume AZRebalance', 'resume-rebalance', 'Unless another open move still needs it suspended.'),
];

const region: Piece[] = [
  loop(
    'Check that the region answers',
    'region-answers',
    'A deep probe of its own endpoint.',
    { question: 'Does the region answer?', waiting: 'Wait for the region to answer' },
    { timeout: 180 },
  ),
  task(
    share,
    'share',
    'A part of its normal weight (10, 50, 100 percent). The first is set while its switch still keeps it out of DNS.',
  ),
  loop('Look whether DNS has the new weights', 'dns-in-sync', 'Waits for INSYNC.', {
    question: 'Has DNS the new weights?',
    waiting: 'Wait for DNS to have the new weights',
  }),
  task('Turn its switch off', 'switch-off', 'DNS answers with the region again. Done once.'),
  loop(
    'Prove the region at this share',
    'prove-share',
    'Deep probes through its endpoint, and no verdict against it. A region that fails again goes out again.',
    { question: 'Does it carry all of its share?', waiting: 'Wait before the next look at the region' },
    { timeout: 180, back: share },
  ),
  task(
    'Take back the nodes that were asked for',
    'restore-room',
    'Lowers the desired size of the region that took over to what it was: first by nodes that a move has left out.',
  ),
];

const node: Piece[] = [
  task(
    'Put the node back into the load balancer',
    'return-traffic',
    'Registers it with the target groups that it was taken out of. No replacement was to be had for it, and it answers again.',
  ),
  loop('Look whether the node takes traffic', 'node-takes-traffic', 'As the load balancer sees it.', {
    question: 'Does the node take traffic?',
    waiting: 'Wait for the node to take traffic',
  }),
  loop(
    'Prove that clients are served with the node',
    'prove',
    'A deep probe through the region’s endpoint, as clients ask.',
    { question: 'Are clients served with the node?', waiting: 'Wait before proving the node again' },
    { timeout: 180 },
  ),
];

/** Gives a zone, a node or a region its traffic back, by stages and with proof between. */
export const failBack = (functions: Functions): Machine =>
  machine(
    {
      move: 'fail-back',
      comment:
        'Gives a zone, or a region by stages, its traffic back, or a node that a move left out. Give: service, region (and zone, and node) and a reason (verb recover or force). A region’s runs in the region that took over.',
      timeoutSeconds: 86_400,
    },
    [
      either('Is it a zone?', { Variable: '$.subject.kind', StringEquals: 'zone' }, zone, [
        either('Is it a node?', { Variable: '$.subject.kind', StringEquals: 'node' }, node, region),
      ]),
    ],
    functions,
  );
