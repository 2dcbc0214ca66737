import {
  type Candidate,
  nodeId,
  type RegionName,
  regionName,
  type ServiceSettings,
  type Store,
  type Subject,
  zoneName,
} from '@evac/core';
import { type ActiveFault, type Cloud, type FaultName, findFault } from '@evac/sim';
import { approve } from '@evac/workflow';
import type { Trouble } from '../contract.ts';
import type { SimulatedCell } from './cell.ts';
import type { Faults } from './faults.ts';
import type { Nodes } from './nodes.ts';

export interface TroubleMeans {
  cloud: Cloud;
  nodes: Nodes;
  faults: Faults;
  service: ServiceSettings;
  cells: ReadonlyMap<RegionName, SimulatedCell>;
  /** A region's store as a person reaches it: the rules see what is written there. */
  personsStore(region: RegionName): Store;
  now(): number;
  note(text: string): void;
  onFault(name: FaultName, target: string): void;
}

/** Begins a trouble; returns what ends it, for one that lasts. */
export function begin(trouble: Trouble, means: TroubleMeans): (() => void) | null {
  const { cloud, faults, cells, note } = means;
  switch (trouble.kind) {
    case 'fault': {
      const target = resolveTarget(trouble.target, means);
      if (target === null) return null;
      const fault: ActiveFault = { name: trouble.name, target };
      note(`fault ${trouble.name} on ${target}`);
      means.onFault(trouble.name, target);
      const zone =
        findFault(trouble.name)?.target === 'zone' && trouble.name === 'no-capacity'
          ? zoneName(target)
          : null;
      if (zone) cloud.setCapacity(zone, 0);
      faults.put(fault);
      return () => {
        note(`fault ${trouble.name} on ${target} is over`);
        if (zone) cloud.setCapacity(zone, null);
        faults.take(fault);
      };
    }
    case 'capacity':
      note(`${trouble.zone} has room for ${trouble.left}`);
      cloud.setCapacity(trouble.zone, trouble.left);
      return () => {
        note(`${trouble.zone} has room again`);
        cloud.setCapacity(trouble.zone, null);
      };
    case 'probe':
    case 'cut-off':
    case 'blind':
    case 'port':
      note(describe(trouble));
      return () => note(`${describe(trouble)} is over`);
    case 'kill':
    case 'straggler':
      return null;
    case 'abort':
      note(`every execution of ${trouble.region} is stopped`);
      cells.get(trouble.region)?.abort();
      return null;
    case 'alarm':
      note(`${trouble.times} alarms in ${trouble.region}`);
      for (let i = 0; i < trouble.times; i++)
        void cells
          .get(trouble.region)
          ?.judge({})
          .catch(() => {});
      return null;
    case 'pause':
      return pause(trouble, means);
    case 'answer':
      void answer(trouble, means);
      return null;
    case 'reset-breaker':
      note(`a person resets the breaker in ${trouble.region}`);
      void means.personsStore(trouble.region).resetBreaker({ by: 'ana', reason: 'looked at it' });
      return null;
    case 'request': {
      const subject = subjectOf(trouble.target, means);
      if (subject) ask(trouble.region, { verb: trouble.verb, move: trouble.move, subject }, means);
      return null;
    }
  }
}

function describe(trouble: Extract<Trouble, { kind: 'probe' | 'cut-off' | 'blind' | 'port' }>): string {
  if (trouble.kind === 'probe') return `probe of ${trouble.vantage} ${trouble.what}`;
  if (trouble.kind === 'cut-off') return `${trouble.vantage} is cut off from ${trouble.from}`;
  if (trouble.kind === 'blind') return `${trouble.vantage} sees nothing`;
  return `${Math.round(trouble.share * 100)}% of ${trouble.region} ${trouble.port} ${trouble.what}`;
}

function pause(trouble: Extract<Trouble, { kind: 'pause' }>, means: TroubleMeans): () => void {
  const store = means.personsStore(trouble.region);
  const id = `pause-${trouble.at}`;
  means.note(`ana pauses ${trouble.move ?? 'everything'} in ${trouble.region}`);
  void store.addPause({
    id,
    service: means.service.name,
    move: trouble.move,
    by: 'ana',
    reason: 'deploy',
    at: means.now(),
    until: null,
  });
  return () => {
    means.note(`ana ends the pause in ${trouble.region}`);
    void store.removePause({ id });
  };
}

/** Answers what waits for an answer in a region. */
export async function answer(
  { region, granted }: { region: RegionName; granted: boolean },
  means: TroubleMeans,
): Promise<void> {
  const store = means.personsStore(region);
  const open = await store.incidents({ service: means.service.name, since: means.now() });
  for (const incident of open) {
    if (incident.closedAt !== null || incident.events.some((e) => e.step === 'approval')) continue;
    if (incident.verb !== 'automatic' || means.service.policy[incident.move] !== 'approve') continue;
    const said = await approve(store, {
      incident: incident.id,
      granted,
      by: 'ana',
      reason: 'looked at it',
    }).then(
      () => (granted ? 'approves' : 'declines'),
      () => null,
    );
    if (said) means.note(`ana ${said} ${incident.id}`);
  }
}

/** A person starts a move. */
export function ask(
  region: RegionName,
  wanted: Pick<Candidate, 'verb' | 'move' | 'subject'>,
  means: TroubleMeans,
): void {
  means.note(`ana asks ${region} to ${wanted.verb} ${wanted.move} of ${pathOf(wanted.subject)}`);
  const request: Candidate = {
    ...wanted,
    service: means.service.name,
    by: 'ana',
    because: 'ana asked for it',
    since: means.now(),
  };
  void means.cells
    .get(region)
    ?.judge({ requests: [request] })
    .catch(() => {});
}

const pathOf = (subject: Subject) => Object.values(subject).slice(1).join('/');

/** A target in the words of a trouble, as it is called now; null where there is no such thing (any more). */
function resolveTarget(target: string, means: TroubleMeans): string | null {
  const subject = subjectOf(target, means);
  if (target === 'world') return target;
  if (!subject) return null;
  return subject.kind === 'node' ? subject.node : subject.kind === 'zone' ? subject.zone : subject.region;
}

function subjectOf(target: string, { nodes, service }: TroubleMeans): Subject | null {
  const [name = '', index] = target.split('/');
  const region = service.regions.find(
    (r) => r.region === name || r.zones.some((z) => z.name === name),
  )?.region;
  if (!region) return null;
  if (region === name) return { kind: 'region', region: regionName(name) };
  const zone = zoneName(name);
  if (index === undefined) return { kind: 'zone', region, zone };
  const node = [...nodes.all()].filter((n) => n.zone === zone)[Number(index)]?.id;
  return node === undefined ? null : { kind: 'node', region, zone, node: nodeId(node) };
}
