import {
  type Alert,
  type Candidate,
  type Decision,
  incidentId,
  type NodeVerdict,
  nodeId,
  type PlannedMove,
  type Refusal,
  type RegionVerdict,
  regionName,
  serviceName,
  type ZoneVerdict,
  zoneName,
} from '@evac/core';
import type { Judgement } from '@evac/workflow';
import { describe, expect, it } from 'vitest';
import type { OrchestratorEvent } from './event.ts';
import { createNarrator } from './narrate.ts';

const cell = regionName('us-west-2');
const east = regionName('us-east-1');
const zone = zoneName('us-west-2a');
const service = serviceName('llm');

const node = (verdict: NodeVerdict['verdict'], change: Partial<NodeVerdict> = {}): NodeVerdict => ({
  node: nodeId('i-1'),
  zone,
  verdict,
  bad: 2,
  seeing: 3,
  suspect: false,
  class: 'failed',
  reason: 'hung',
  detail: 'no token within 1000ms',
  since: 0,
  failing: null,
  answeredAt: {},
  ...change,
});
const zoneIs = (verdict: ZoneVerdict['verdict']): ZoneVerdict => ({
  zone,
  verdict,
  because: 'half of it fails',
  since: 0,
  share: null,
  restShare: null,
  p: null,
  badRounds: 0,
});
const regionIs = (verdict: RegionVerdict['verdict']): RegionVerdict => ({
  region: east,
  verdict,
  because: 'nobody answers',
  since: 0,
});
const candidate: Candidate = {
  move: 'replace-node',
  service,
  subject: { kind: 'node', region: cell, zone, node: nodeId('i-1') },
  verb: 'automatic',
  by: 'evac',
  because: '2 of 3 vantages: hung',
  since: 0,
};
const move: PlannedMove = { ...candidate, incident: incidentId('replace-1'), cell, needsApproval: false };
const refusedBy = (guard: Refusal['guard']): Refusal => ({
  candidate,
  guard,
  because: 'too soon',
  unblock: 'wait 3m',
});
const alert = (change: Partial<Alert> = {}): Alert => ({
  kind: 'vantage-silent',
  severity: 'warning',
  subject: 'in/us-west-2a',
  text: 'in/us-west-2a sees nothing',
  ...change,
});

/** What a judgement may say; left out, everything is in its ordinary state. */
interface Said {
  nodes?: NodeVerdict[];
  zones?: ZoneVerdict[];
  regions?: RegionVerdict[];
  fleet?: Decision['verdicts']['fleet']['verdict'];
  refusals?: Refusal[];
  alerts?: Alert[];
  started?: PlannedMove[];
}

function judgement(said: Said, at: number): Judgement {
  const { nodes = [], zones = [], regions = [], refusals = [], alerts = [], started = [] } = said;
  return {
    snapshot: {
      service,
      cell,
      targets: [],
      health: [],
      vantages: [],
      rounds: [],
      fleet: null,
      balancer: null,
      shifts: null,
      regions: [],
      incidents: [],
      pauses: null,
      breakerResetAt: null,
      requests: [],
    },
    decision: {
      at,
      service,
      cell,
      verdicts: {
        nodes,
        zones,
        regions,
        fleet: { verdict: said.fleet ?? 'normal', because: 'so it looks', affected: 0, total: 6 },
        revision: { verdict: 'same', because: 'they say so' },
      },
      moves: started,
      refusals,
      alerts,
    },
    started,
  };
}

/** What is told for each judgement in turn, a second apart; null is one that found everything in order. */
function narrate(...said: (Said | null)[]): OrchestratorEvent[][] {
  let events: OrchestratorEvent[] = [];
  const narrator = createNarrator(cell, (event) => events.push(event));
  return said.map((what, at) => {
    events = [];
    narrator.tell(what && judgement(what, at), at);
    return events;
  });
}
const kinds = (told: OrchestratorEvent[][]) => told.map((events) => events.map((e) => e.kind));

describe('a cell’s narration', () => {
  it('says once that it is ready, when everything was first found in order', () => {
    const told = narrate({}, null, null, { nodes: [node('dead')] }, null);
    expect(kinds(told)).toEqual([[], ['ready'], [], ['verdict'], ['verdict']]);
    expect(told[1]).toMatchObject([
      { at: 1, cell, text: 'every vantage of us-west-2 finds everything in order' },
    ]);
  });

  it('tells every verdict but the ordinary ones, with whom it is about and why', () => {
    const [told] = narrate({
      nodes: [node('dead'), ...(['healthy', 'starting', 'unknown'] as const).map((v) => node(v))],
      zones: [zoneIs('impaired'), zoneIs('healthy')],
      regions: [regionIs('down'), regionIs('serving')],
    });
    expect(told).toEqual([
      {
        at: 0,
        cell,
        kind: 'verdict',
        subject: 'us-west-2/us-west-2a/i-1',
        verdict: 'dead',
        text: '2 of 3 vantages: hung (no token within 1000ms)',
      },
      {
        at: 0,
        cell,
        kind: 'verdict',
        subject: 'us-west-2/us-west-2a',
        verdict: 'impaired',
        text: 'half of it fails',
      },
      { at: 0, cell, kind: 'verdict', subject: 'us-east-1', verdict: 'down', text: 'nobody answers' },
    ]);
  });

  it('tells what a refusal was of, by which guard, why, and what would unblock it', () => {
    expect(narrate({ refusals: [refusedBy('cooldown')] })[0]).toEqual([
      {
        at: 0,
        cell,
        kind: 'refused',
        move: 'replace-node',
        subject: 'us-west-2/us-west-2a/i-1',
        guard: 'cooldown',
        because: 'too soon',
        unblock: 'wait 3m',
        text: 'replace-node of us-west-2/us-west-2a/i-1 refused by cooldown: too soon; wait 3m',
      },
    ]);
  });

  it('tells every move that was started', () => {
    expect(narrate({ started: [move] })[0]).toEqual([
      {
        at: 0,
        cell,
        kind: 'move',
        move: 'replace-node',
        subject: 'us-west-2/us-west-2a/i-1',
        incident: 'replace-1',
        verb: 'automatic',
        text: '2 of 3 vantages: hung',
      },
    ]);
  });

  it('leaves the alert of a refusal to the refusal', () => {
    expect(kinds(narrate({ alerts: [alert({ kind: 'refused' })], refusals: [refusedBy('lease')] }))).toEqual([
      ['refused'],
    ]);
  });
});

describe('what stays true', () => {
  it.each<[string, Said, string]>([
    ['a verdict', { zones: [zoneIs('suspected')] }, 'verdict'],
    ['the fleet', { fleet: 'overloaded' }, 'fleet'],
    ['a refusal', { refusals: [refusedBy('capacity')] }, 'refused'],
    ['an alert', { alerts: [alert()] }, 'alert'],
  ])('is told once: %s', (_, said, kind) => {
    expect(kinds(narrate(said, said, said))).toEqual([[kind], [], []]);
  });

  it('is told again when it has changed: failing is not dead, another guard is another reason', () => {
    expect(kinds(narrate({ nodes: [node('failing')] }, { nodes: [node('dead')] }))).toEqual([
      ['verdict'],
      ['verdict'],
    ]);
    const guards = [refusedBy('quorum'), refusedBy('lease')].map((refusal) => ({ refusals: [refusal] }));
    expect(kinds(narrate(...guards))).toEqual([['refused'], ['refused']]);
  });

  it('is not told again for other words: how many vantages say so changes all the time', () => {
    const more = { nodes: [node('dead', { bad: 3, detail: 'no token within 1001ms' })] };
    expect(kinds(narrate({ nodes: [node('dead')] }, more))).toEqual([['verdict'], []]);
  });

  it('does not hide another of its kind', () => {
    const second = alert({ subject: 'in/us-west-2b', text: 'in/us-west-2b sees nothing' });
    const [, told] = narrate({ alerts: [alert()] }, { alerts: [alert(), second] });
    expect(told).toMatchObject([
      { kind: 'alert', alert: 'vantage-silent', severity: 'warning', text: second.text },
    ]);
    const nodes = [node('dead'), node('dead', { node: nodeId('i-2') })];
    expect(kinds(narrate({ nodes: nodes.slice(0, 1) }, { nodes }))).toEqual([['verdict'], ['verdict']]);
  });
});

describe('what has ended', () => {
  it.each<[string, Said | null]>([
    ['other news', {}],
    ['nothing but good news', null],
  ])('is told to be in order again when there is %s', (_, next) => {
    const [, told] = narrate({ nodes: [node('dead')] }, next);
    const subject = 'us-west-2/us-west-2a/i-1';
    expect(told?.filter((e) => e.kind !== 'ready')).toEqual([
      { at: 1, cell, kind: 'verdict', subject, verdict: 'cleared', text: `${subject} is in order again` },
    ]);
  });

  it('is not told to be in order while nobody knows', () => {
    const [, unknown, , well] = narrate(
      { nodes: [node('dead')] },
      { nodes: [node('unknown')] },
      { nodes: [node('dead')] },
      { nodes: [node('healthy')] },
    );
    expect(unknown).toEqual([]);
    expect(well).toMatchObject([{ kind: 'verdict', verdict: 'cleared' }]);
  });

  it('is told again when it begins again', () => {
    const bad = { nodes: [node('dead')], refusals: [refusedBy('capacity')] };
    const [, , again] = narrate(bad, {}, bad);
    expect(again?.map((e) => e.kind)).toEqual(['verdict', 'refused']);
  });

  it('is told for verdicts only: a refusal or an alert just stops', () => {
    const said = { refusals: [refusedBy('lease')], alerts: [alert()], fleet: 'overloaded' as const };
    expect(kinds(narrate(said, {}))[1]).toEqual([]);
  });
});
