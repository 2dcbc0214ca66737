import type { Machine } from './asl.ts';
import { machine } from './machine.ts';
import { type Functions, loop, type Piece, task } from './pieces.ts';

/** From the flip on, an API that fails must not turn traffic back to a region that is down. */
const turned = { persists: true } as const;

const pieces: Piece[] = [
  loop(
    'Check that this region is ready to take over',
    'check-readiness',
    'A deep probe of its endpoint, and nodes that the balancer uses.',
    { question: 'Is this region ready?', waiting: 'Wait for this region to be ready' },
    { timeout: 180 },
  ),
  task(
    'Ask for more nodes here',
    'pre-scale',
    'Raises the desired size by the share of traffic that comes, up to the maximum. A group at its maximum is noted.',
  ),
  loop(
    'Look whether the nodes asked for serve',
    'pre-scaled',
    'Waits only while clients are still served there: a region that is down is not waited for.',
    { question: 'Are there nodes enough?', waiting: 'Wait for the nodes asked for' },
  ),
  task(
    'Turn traffic to this region',
    'flip',
    'Switch control: one write in this region, no DNS API. Records control: weights, never all zero.',
    turned,
  ),
  loop(
    'Look whether DNS has taken the change',
    'dns-in-sync',
    'Only with records control: waits for INSYNC.',
    { question: 'Has DNS taken the change?', waiting: 'Wait for DNS to take the change' },
    turned,
  ),
  loop(
    'Watch the DNS answers',
    'watch-dns',
    'Until the failed region is gone from the answers of the authoritative servers.',
    { question: 'Is the failed region gone from DNS?', waiting: 'Wait for DNS to converge' },
    turned,
  ),
  task(
    'Ask again for nodes that were not to be had',
    'pre-scale',
    'A group that was full may have room by now: a replacement that was beside an old node is over. What was asked for is not asked for twice.',
    turned,
  ),
  loop(
    'Prove that clients are served here',
    'prove',
    'A deep probe of this region’s endpoint, under its own and under the public name.',
    { question: 'Are clients served?', waiting: 'Wait before proving again' },
    { ...turned, timeout: 180 },
  ),
];

/** Takes a failed region out of DNS; run by the region that takes over. */
export const failOverRegion = (functions: Functions): Machine =>
  machine(
    {
      move: 'fail-over-region',
      comment:
        'Takes over from a region that is down; runs in the region that takes over. Give: service, the failed region and a reason (verb recover or force).',
      timeoutSeconds: 86_400,
    },
    pieces,
    functions,
  );
