import type { Ailment } from '../live/node/ailment.ts';

type TargetKind = 'node' | 'zone' | 'region' | 'world';

/** What, beside nodes, a fault can make dark: it accepts connections and never answers. */
export type Part = 'balancer' | 'api' | 'switch' | 'region-controls' | 'zone-controls' | 'global-api';

export interface Fault {
  name: string;
  /** What it strikes: everything in the target, and what is launched there while it lasts. */
  target: TargetKind;
  description: string;
  /** What then ails every node in the target. */
  ailments?: readonly Ailment[];
  /** What goes dark in the target. */
  dark?: readonly Part[];
  /** The zone has no room to launch. */
  noCapacity?: boolean;
}

/** Every fault, by name. Each is a state, not an event: it holds until it is taken off again. */
export const faultCatalog = [
  {
    name: 'node-crash',
    target: 'node',
    description: 'The server process dies: connections are cut, new ones refused.',
    ailments: ['crashed'],
  },
  {
    name: 'node-hang',
    target: 'node',
    description: 'The engine hangs: /health says 200, generations are accepted and never produce a token.',
    ailments: ['hung'],
  },
  {
    name: 'stream-stall',
    target: 'node',
    description: 'Streams begin and stand still after two tokens; /health says 200.',
    ailments: ['stalling'],
  },
  {
    name: 'garbage-answers',
    target: 'node',
    description: 'Every answer is "!!!!": a NaN in the logits; /health says 200.',
    ailments: ['garbled'],
  },
  {
    name: 'gpu-error',
    target: 'node',
    description: 'Generations fail at once with a CUDA error; /health says 200.',
    ailments: ['gpu-error'],
  },
  {
    name: 'overload',
    target: 'region',
    description:
      'More work than capacity: 429 and 503 for two requests in three, tokens advancing. Not a failure.',
    ailments: ['overloaded'],
  },
  {
    name: 'slow-start',
    target: 'node',
    description: 'The server restarts and loads its model for as long as this lasts: 503 "loading model".',
    ailments: ['reloading'],
  },
  {
    name: 'cpu-exhaustion',
    target: 'node',
    description: 'Another process takes the CPU: /health answers after 4 s, tokens come 25 times slower.',
    ailments: ['starved'],
  },
  {
    name: 'network-isolation',
    target: 'node',
    description: 'The node is cut off: connections are neither answered nor closed, open ones stand still.',
    ailments: ['isolated'],
  },
  {
    name: 'zone-loss',
    target: 'zone',
    description: 'A whole zone is cut off: its nodes, and the world as seen from its vantage.',
    ailments: ['isolated'],
    dark: ['zone-controls'],
  },
  {
    name: 'zone-grey',
    target: 'zone',
    description: 'A zone fails a little: 30% of all requests to its nodes, /health among them, end in a 500.',
    ailments: ['grey'],
  },
  {
    name: 'zone-slow',
    target: 'zone',
    description: 'Everything in a zone takes 250 ms longer, and tokens come 6 times slower.',
    ailments: ['far'],
  },
  {
    name: 'region-loss',
    target: 'region',
    description: 'A region goes dark: nodes, load balancer, control plane with its store, switch, vantages.',
    ailments: ['isolated'],
    dark: ['balancer', 'api', 'switch', 'region-controls', 'zone-controls'],
  },
  {
    name: 'dns-api-loss',
    target: 'world',
    description:
      "Route 53's control plane is away: records cannot be read or changed; DNS goes on answering.",
    dark: ['global-api'],
  },
  {
    name: 'no-capacity',
    target: 'zone',
    description:
      'The zone has no instances to give: every launch there ends in InsufficientInstanceCapacity.',
    noCapacity: true,
  },
  {
    name: 'bad-release',
    target: 'world',
    description: 'A release that answers fluently and wrongly is on every node of every region.',
    ailments: ['misreleased'],
  },
  {
    name: 'wrong-probe',
    target: 'world',
    description:
      'The probes ask for paths that are not there: 404 to them everywhere, while clients are served.',
    ailments: ['unprobeable'],
  },
] as const satisfies readonly Fault[];

export type FaultName = (typeof faultCatalog)[number]['name'];

export function findFault(name: string): (Fault & { name: FaultName }) | undefined {
  return faultCatalog.find((fault) => fault.name === name);
}
