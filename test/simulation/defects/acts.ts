import { serviceName } from '@evac/core';
import { inSteps, nothing, over } from './at-ports.ts';
import type { Defect } from './defect.ts';
import { both, isLaunchedInDoubt, isSet, isStruckBy } from './scenes.ts';

export const actDefects: Defect[] = [
  {
    name: 'missing revert',
    what: 'a move that gives up undoes nothing',
    caughtBy: ['put-back', 'as-configured'],
    within: 400,
    parts: () =>
      inSteps((ports, { step = '' }) => {
        if (!step.startsWith('undo-')) return ports;
        const { fleet, balancer, zonalShift, dns } = ports;
        return {
          ...ports,
          fleet: { ...fleet, terminate: nothing, resume: nothing, setZones: nothing, setDesired: nothing },
          balancer: { ...balancer, register: nothing },
          zonalShift: { ...zonalShift, cancel: nothing },
          dns: { ...dns, setWeights: async () => ({ change: 'none' }) },
          switch: { ...ports.switch, write: nothing },
        };
      }),
  },
  {
    name: 'rebalance left suspended',
    what: 'AZRebalance is suspended for a move and never resumed',
    caughtBy: ['put-back'],
    within: 50,
    parts: () => inSteps((ports) => over(ports, 'fleet', { resume: nothing })),
  },
  {
    name: 'room not given back',
    what: 'a group that was raised for a move stays as large',
    caughtBy: ['put-back'],
    within: 100,
    parts: () =>
      inSteps((ports, { step }) =>
        step === 'restore-room' ? over(ports, 'fleet', { setDesired: nothing }) : ports,
      ),
  },
  {
    name: 'retry that doubles an act',
    what: 'a launch that is tried again has another token, and launches another node',
    caughtBy: ['done-once'],
    within: 2_000,
    shows: isLaunchedInDoubt,
    parts() {
      let launches = 0;
      return inSteps((ports) =>
        over(ports, 'fleet', {
          launch(ask) {
            launches += 1;
            return ports.fleet.launch({ ...ask, token: `${ask.token}.${launches}` });
          },
        }),
      );
    },
  },
  {
    name: 'the wrong node',
    what: 'another node of the group is ended in place of the one that failed',
    caughtBy: ['stays-in-scope', 'never-drained'],
    within: 100,
    parts: () =>
      inSteps((ports, { step }) => {
        if (step !== 'retire') return ports;
        return over(ports, 'fleet', {
          async terminate(ask) {
            const { nodes } = await ports.fleet.describe({ service: serviceName('llm') });
            const other = nodes.find((n) => n.id !== ask.node && n.lifecycle === 'in-service');
            await ports.fleet.terminate({ ...ask, node: other?.id ?? ask.node });
          },
        });
      }),
  },
  {
    name: 'DNS flipped before capacity',
    what: 'traffic is turned to a region whose group was not asked for more nodes',
    caughtBy: ['room-first'],
    within: 400,
    shows: isStruckBy('region-loss'),
    parts: () =>
      inSteps((ports, { step }) =>
        step === 'pre-scale' ? over(ports, 'fleet', { setDesired: nothing }) : ports,
      ),
  },
  {
    name: 'weights all zero',
    what: 'a change of DNS takes every region out',
    caughtBy: ['weights'],
    within: 400,
    shows: both(
      isStruckBy('region-loss'),
      isSet('dns.control', (control) => control === 'records'),
    ),
    parts: () =>
      inSteps((ports) =>
        over(ports, 'dns', {
          setWeights: async (ask) => {
            const records = await ports.dns.records(ask);
            return ports.dns.setWeights({
              ...ask,
              weights: Object.fromEntries(records.map(({ region }) => [region, 0])),
            });
          },
        }),
      ),
  },
];
