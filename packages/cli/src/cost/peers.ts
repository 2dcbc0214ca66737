import type { Fleet } from './fleet.ts';
import { hours, type Line, line, minutes } from './line.ts';

/** What would come nearest, for the same fleet; none of them does the whole of it. */
export interface Peer {
  name: string;
  /** What it leaves to you. */
  lacks: string;
  lines: Line[];
}

export function peers({ services, nodes }: Fleet): Peer[] {
  const all = nodes * services.length;
  const regions = Math.max(...services.map((s) => s.regions.length));
  return [
    {
      name: 'CloudWatch Synthetics, a canary for each node',
      lacks: 'asks once a minute, replaces and moves nothing',
      lines: [line('canaries', null, 'canaryRuns', all * minutes, `${all} nodes, every minute`)],
    },
    {
      name: 'Route 53 health checks, one for each node',
      lacks: 'needs public nodes, knows no streams or zones, replaces nothing',
      lines: [
        line('health checks', null, 'foreignHealthChecks', all, `${all} nodes`),
        line('options', null, 'foreignHealthCheckOptions', all * 2, 'HTTPS and every 10 s'),
      ],
    },
    {
      name: 'ARC routing control',
      lacks: 'a switch with five replicas; who turns it, and why, is left to you',
      lines: [line('cluster', null, 'routingControl', hours, 'one cluster, all the time')],
    },
    {
      name: 'ARC Region switch',
      lacks: 'runs a plan that a person or an alarm starts; knows no nodes or zones',
      lines: [
        line(
          'plans',
          null,
          'regionSwitch',
          services.length,
          `${services.length} service(s) in ${regions} regions`,
        ),
      ],
    },
  ];
}
