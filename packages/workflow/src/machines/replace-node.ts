import type { Machine } from './asl.ts';
import { machine } from './machine.ts';
import { type Functions, loop, type Piece, task } from './pieces.ts';
import { restartFirst } from './restart-first.ts';

const proof = 'Prove that clients are served';

const pieces: Piece[] = [
  task(
    'Take the node out of the load balancer',
    'drain',
    'Deregisters the node from all its target groups, with the port. Refuses if no healthy target would be left.',
  ),
  loop('Look whether the node is dead for sure', 'confirm', 'A node that recovers goes back into service.', {
    question: 'Is it dead for sure?',
    waiting: 'Wait for more evidence on the node',
  }),
  restartFirst(proof),
  task(
    'Suspend AZRebalance',
    'suspend-rebalance',
    'Else the group would even out its zones by ending healthy nodes. That it has to be resumed is recorded first.',
  ),
  task(
    'Launch the replacement first',
    'launch',
    'In the node’s own zone, then in the others, fewest nodes first. No capacity anywhere: the old node stays.',
    { timeout: 120 },
  ),
  loop('Look whether the replacement is in service', 'replacement-in-service', 'As Auto Scaling sees it.', {
    question: 'Is the replacement in service?',
    waiting: 'Wait for the replacement to start',
  }),
  loop(
    'Look whether the load balancer uses the replacement',
    'replacement-healthy',
    'Every target group of the old node has to call the new one healthy.',
    { question: 'Does the load balancer use it?', waiting: 'Wait for the replacement to serve' },
  ),
  loop(
    'Ask the replacement a real question',
    'probe-replacement',
    'A deep probe of the node itself: /health is no proof that it generates.',
    { question: 'Does the replacement answer?', waiting: 'Wait for the replacement to answer' },
    { timeout: 180 },
  ),
  task(
    'Retire the old node',
    'retire',
    'Ends it (or keeps it, detached, if the config says so) and lowers the desired size that the launch raised. There is no way back from here.',
    { persists: true },
  ),
  task('Resume AZRebalance', 'resume-rebalance', 'Unless another open move still needs it suspended.'),
  loop(
    proof,
    'prove',
    'A deep probe through the region’s endpoint, as clients ask.',
    { question: 'Are clients served?', waiting: 'Wait before proving again' },
    { timeout: 180 },
  ),
];

/** Replaces one dead node: out of rotation at once, perhaps mended by a restart, else ended once its replacement is proven. */
export const replaceNode = (functions: Functions): Machine =>
  machine(
    {
      move: 'replace-node',
      comment:
        'Replaces a node that is dead. Give: service, region, zone, node and a reason (verb recover or force). Restarts its server first if the config says so; else launches the replacement, proves it, then ends the old node.',
      timeoutSeconds: 86_400,
    },
    pieces,
    functions,
  );
