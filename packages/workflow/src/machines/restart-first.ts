import { chain, loop, type Piece } from './pieces.ts';

const ask = 'Restart its server first';
const look = 'Look whether the restart mended the node';
const waiting = 'Wait for the server to start';

/**
 * Restarts the server where the config wants that first. What it does not mend goes on to the next piece, as does what
 * goes wrong here: that a restart cannot be made is no reason to leave a dead node. A node that is mended goes back into
 * the load balancer, and on to `proof`.
 */
export function restartFirst(proof: string): Piece {
  const back = loop(
    'Put the mended node back into the load balancer',
    'return-node',
    'Registers it with every target group it was taken out of, and waits until they call it healthy.',
    { question: 'Does the load balancer use the node again?', waiting: 'Wait for the mended node to serve' },
  );
  const restart = (onError: string) =>
    loop(
      ask,
      'restart',
      'Only if the config says restartFirst, only for what a new process may mend, and once a day for a node. Otherwise goes on to the replacement.',
      { question: 'Is the server restarted?', waiting },
      { back: look, onError, timeout: 120 },
    );
  const looking = loop(
    look,
    'restarted',
    'A deep probe of the node, and the verdict of its vantages. Still not healthy when the startup grace is over: it is replaced.',
    { question: 'Is the node mended?', waiting },
    { timeout: 180, mended: back.entry },
  );
  return {
    entry: ask,
    states: (next, functions) => ({
      // Whatever the restart says, only its Wait leads to the look.
      ...restart(next).states(next, functions),
      ...looking.states(next, functions),
      ...chain([back], proof, functions),
    }),
  };
}
