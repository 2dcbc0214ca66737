import {
  type Incident,
  type IncidentEvent,
  type IncidentOutcome,
  incidentId,
  type MoveName,
  nodeId,
  regionName,
  type Subject,
  serviceName,
  zoneName,
} from '@evac/core';
import { bucketRequests } from '../buckets.ts';
import type { DrillResult, Run, RunEvent, WorldShape } from '../drill-result.ts';
import { moveResult } from '../moves.ts';
import type { RequestResult } from '../request-result.ts';
import { summarize } from '../summarize.ts';

/** A run like the demo's, made up for tests: four drills over 160 s of steady load, always the same. */
export function demoRun(): Run {
  const drills = scripts.map(drillOf);
  const requests = scripts.flatMap(requestsOf);
  const events: RunEvent[] = drills.flatMap((drill, index) =>
    drill.events.map((event) => ({ ...event, atMs: event.atMs + index * 40_000 })),
  );
  return {
    title: 'Evac demo',
    startedAt,
    durationMs: 160_000,
    series: bucketRequests(requests, startedAt),
    events,
    drills,
  };
}

const startedAt = Date.UTC(2026, 10, 21, 9, 30, 0);

const region = regionName('us-west-2');
const zone = zoneName('us-west-2a');
const node: Subject = { kind: 'node', region, zone, node: nodeId('i-0a1b2c3d4e5f60718') };

interface Script {
  scenario: string;
  about: string;
  move: MoveName;
  subject: Subject;
  /** Share of requests that fail, from and to in ms after the fault. */
  harm: { from: number; to: number; share: number; slow: number };
  detected: number;
  stopped: number;
  closed: number;
  limit: number;
  steps: [string, number, string][];
  outcome: IncidentOutcome;
}

const scripts: Script[] = [
  {
    scenario: 'node-hang',
    about: 'A node stops generating while its /health still answers 200.',
    move: 'replace-node',
    subject: node,
    harm: { from: 0, to: 3_400, share: 0.08, slow: 1 },
    detected: 2_600,
    stopped: 3_100,
    closed: 21_800,
    limit: 9_000,
    outcome: 'recovered',
    steps: [
      ['admit', 180, 'Lease 12 held; every guard says yes again on fresh evidence.'],
      ['drain', 420, 'Deregistered from the target group; 3 requests are left to end.'],
      ['launch-replacement', 9_200, 'us-west-2a gave i-0f9e8d7c6b5a43210 in 9.1 s.'],
      [
        'wait-for-the-replacement-to-serve',
        6_900,
        'In service, target healthy, a deep probe answered in 212 ms.',
      ],
      ['retire-the-old-node', 640, 'Terminated i-0a1b2c3d4e5f60718; AZRebalance resumed.'],
      ['prove', 900, 'The public name answered 5 of 5 generations.'],
    ],
  },
  {
    scenario: 'zone-loss',
    about: 'Every node of us-west-2a goes dark at once, and the zone’s own vantage with them.',
    move: 'evacuate-zone',
    subject: { kind: 'zone', region, zone },
    harm: { from: 0, to: 6_200, share: 0.33, slow: 2 },
    detected: 3_900,
    stopped: 5_600,
    closed: 17_400,
    limit: 20_000,
    outcome: 'recovered',
    steps: [
      ['admit', 200, 'Lease 13 held; every guard says yes again on fresh evidence.'],
      ['make-room', 4_100, 'Two more nodes serve in us-west-2b and us-west-2c.'],
      ['shift', 350, 'Zonal shift away from usw2-az1, applied, expires in 1 h.'],
      ['prove', 2_400, 'us-west-2b answered 5 of 5 generations through the load balancer.'],
    ],
  },
  {
    scenario: 'region-loss',
    about: 'The region us-west-2 goes dark: nodes, load balancer, control plane and store.',
    move: 'fail-over-region',
    subject: { kind: 'region', region },
    harm: { from: 0, to: 12_800, share: 1, slow: 30 },
    detected: 5_100,
    stopped: 12_400,
    closed: 19_900,
    limit: 12_000,
    outcome: 'recovered',
    steps: [
      ['admit', 240, 'Lease 4 held in eu-west-1.'],
      ['check-readiness', 480, 'eu-west-1 is proven and serves the same revision.'],
      ['pre-scale', 2_900, 'From 6 to 9 nodes, all in service.'],
      ['flip', 120, 'The switch for us-west-2 is on: one write in eu-west-1.'],
      ['watch-dns-converge', 5_200, 'Every answer names eu-west-1.'],
      ['prove', 1_100, 'The public name answered 5 of 5 generations.'],
    ],
  },
  {
    scenario: 'bad-release',
    about: 'Every node answers wrongly at once: a release, not a fault of any node.',
    move: 'fail-back',
    subject: { kind: 'region', region },
    harm: { from: 400, to: 2_000, share: 0.02, slow: 1 },
    detected: 2_100,
    stopped: 2_400,
    closed: 12_000,
    limit: 9_000,
    outcome: 'reverted',
    steps: [
      ['admit', 210, 'Asked for by maria: "us-west-2 is back".'],
      ['stage-10-percent', 2_300, 'Weight 10 of 100.'],
    ],
  },
];

const world: WorldShape = {
  regions: ['us-west-2', 'eu-west-1'].map((name, index) => ({
    name,
    weight: index === 0 ? 100 : 0,
    zones: ['a', 'b', 'c'].map((letter) => ({ name: name + letter, nodes: 2 })),
  })),
  dnsName: 'inference.example.test',
  ttlMs: 6_000,
  scale: 0.2,
};

const faultMs = 6_000;

function drillOf(script: Script, index: number): DrillResult {
  const start = startedAt + index * 40_000;
  const faultAt = start + faultMs;
  const requests = requestsOf(script, index);
  const incident = incidentOf(script, faultAt + script.detected, faultAt + script.closed, index);
  const summary = summarize({
    startedAt: start,
    faultAt,
    mendedAt: start + 36_000,
    endedAt: start + 40_000,
    requests,
    events: [
      { at: faultAt + script.detected, kind: 'detected' },
      { at: faultAt + script.stopped, kind: 'traffic-stopped' },
    ],
    steadyMs: 2_000,
  });
  const actual = summary.trafficStoppedMs;
  const held = actual !== null && actual <= script.limit;
  const subject = moveResult(incident, faultAt).subject;
  return {
    scenario: script.scenario,
    about: script.about,
    seed: 7,
    intervalMs: 1_000,
    ...summary,
    moves: [moveResult(incident, faultAt)],
    refusals:
      index === 1
        ? [
            {
              move: 'replace-node',
              subject: `${subject}/i-0a1b2c3d4e5f60718`,
              guard: 'subsumed',
              because: 'us-west-2a as a whole is impaired, and its evacuation covers this node',
              unblock: 'ends when evacuate-zone us-west-2a is closed',
              firstMs: 3_900,
              lastMs: 16_900,
              count: 14,
            },
            {
              move: 'replace-node',
              subject: 'us-west-2/us-west-2b/i-77',
              guard: 'blast-radius',
              because: '2 of 6 nodes are out already; at most 2 (34%) may be',
              unblock: 'clear when one of them serves again, or raise limits.maxShare',
              firstMs: 4_900,
              lastMs: 4_900,
              count: 1,
            },
          ]
        : [],
    promises: [
      { name: 'Out of rotation', limitMs: script.limit, actualMs: actual, held },
      { name: 'No other node is touched', limitMs: null, actualMs: null, held: true },
    ],
    passed: held,
    startedAt: start,
    durationMs: 40_000,
    faults: [{ name: script.scenario, target: subject, onMs: faultMs, offMs: 36_000 }],
    events: [
      { atMs: faultMs, kind: 'fault-on', text: `${script.scenario} on ${subject}` },
      { atMs: faultMs + script.detected, kind: 'detected', text: `${subject} is dead: 4 failures in a row` },
      { atMs: faultMs + script.detected + 50, kind: 'move', text: `${script.move} ${subject} begun` },
      {
        atMs: faultMs + script.stopped,
        kind: 'traffic-stopped',
        text: `nothing goes to ${subject} any more`,
      },
      { atMs: 36_000, kind: 'fault-off', text: `${script.scenario} mended` },
    ],
    incidents: [incident],
    world,
  };
}

function requestsOf(script: Script, index: number): RequestResult[] {
  const start = startedAt + index * 40_000;
  const { from, to, share, slow } = script.harm;
  return Array.from({ length: 800 }, (_, position) => {
    const atMs = position * 50;
    // A cheap spread that is the same every time.
    const dice = ((position * 7_919) % 1_000) / 1_000;
    const hurt = atMs >= faultMs + from && atMs < faultMs + to;
    const after = atMs >= faultMs + to && atMs < faultMs + to + 4_000;
    const ok = !hurt || dice >= share;
    const latencyMs = ok
      ? Math.round(
          (90 + 60 * dice + (dice > 0.97 ? 120 : 0)) *
            (hurt || after ? 1 + slow * (dice > 0.6 ? 1 : 0.2) : 1),
        )
      : 1_000;
    return {
      askedAt: start + atMs,
      latencyMs,
      ok,
      ...(ok ? {} : { reason: dice < share / 2 ? 'connect-refused' : 'stream-cut' }),
    };
  });
}

function incidentOf(script: Script, openedAt: number, closedAt: number, index: number): Incident {
  let at = openedAt + 60;
  const events: IncidentEvent[] = [];
  const add = (step: string, phase: IncidentEvent['phase'], text: string) =>
    events.push({ seq: events.length + 1, at, step, phase, text });
  for (const [step, took, text] of script.steps) {
    add(step, 'intent', `About to: ${step}`);
    at += took;
    add(step, 'done', text);
    at += 40;
  }
  if (script.outcome === 'reverted') {
    add('prove', 'intent', 'Asking through the public name');
    at += 1_500;
    add('prove', 'failed', '3 of 5 generations were wrong.');
    at += 300;
    add('stage-10-percent', 'undone', 'Weight 0 again.');
  }
  return {
    id: incidentId(`demo-${index}`),
    service: serviceName('chat'),
    move: script.move,
    subject: script.subject,
    verb: script.move === 'fail-back' ? 'recover' : 'automatic',
    by: script.move === 'fail-back' ? 'maria' : 'evac',
    because: 'Dead by 2 of 2 vantages that can see it: 4 failures in a row, first-token-timeout.',
    cell: region,
    openedAt,
    closedAt,
    outcome: script.outcome,
    events,
  };
}
