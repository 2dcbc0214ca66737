import type { Call, Invariant, Truth } from '../contract.ts';
import { isCall, succeeded } from './call.ts';
import { sayMove, sayWhat, sayWho } from './say.ts';
import { hear } from './told.ts';

/**
 * Before a failover turns DNS, it has asked for the nodes that the traffic takes: those configured, times all regions'
 * weights over the weights that are left; a standby, which had none, takes its maximum. A group that has them, or has
 * refused them, is not asked; nor is one that had them when the move looked, where another move takes back its own since.
 */
export const roomFirst = (): Invariant => {
  const asked = new Set<string>();
  return {
    name: 'room-first',
    after(call, ended, truth) {
      const { ledger } = hear(call, ended, truth);
      const { by } = call;
      const incident = ledger.incident(by.region, by.incident);
      if (incident?.move !== 'fail-over-region' || by.step?.startsWith('undo-')) return null;
      if (isCall(call, 'fleet', 'setDesired')) asked.add(incident.id);
      if (by.step === 'pre-scale' && isCall(call, 'fleet', 'describe') && succeeded(ended, call)) {
        const seen = ended.result.groups.reduce((sum, group) => sum + group.desired, 0);
        if (seen >= nodesWanted(by.region, incident.subject.region, truth)) asked.add(incident.id);
      }
      if ('error' in ended || !turnsDns(call) || asked.has(incident.id)) return null;
      const here = truth.view().regions.find((r) => r.name === by.region);
      const wanted = nodesWanted(by.region, incident.subject.region, truth);
      if (!here || here.desired >= wanted) return null;
      return `${sayWho(by)} made ${sayWhat(call)} for ${sayMove(incident)}, though ${by.region} is asked for ${here.desired} nodes, takes ${wanted}, and the move has asked for none`;
    },
  };
};

function turnsDns(call: Call): boolean {
  return isCall(call, 'dns', 'setWeights') || (isCall(call, 'switch', 'write') && call.ask.on);
}

function nodesWanted(heir: string, failed: string, { scene }: Truth): number {
  const { regions } = scene.world;
  const own = regions.find((r) => r.name === heir);
  if (!own) return 0;
  const all = regions.reduce((sum, r) => sum + r.weight, 0);
  const left = all - (regions.find((r) => r.name === failed)?.weight ?? 0);
  if (left === 0 || own.weight === 0) return own.max;
  return Math.min(own.max, Math.ceil((own.nodesPerZone * own.zones.length * all) / left));
}
