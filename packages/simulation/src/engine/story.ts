import { type Incident, lastEvent, type RegionName, refusalSentence, subjectPath } from '@evac/core';
import type { Cloud, FaultName, MachineEvent } from '@evac/sim';
import type { Judgement } from '@evac/workflow';
import type { Call, SceneResult } from '../contract.ts';
import { startsAt } from './time.ts';
import type { Trace } from './trace.ts';

/** Tells the trace what happened, and keeps what the result is made of. */
export interface Story {
  call(call: Call, outcome: { result: unknown } | { error: unknown }): void;
  judged(judgement: Judgement): void;
  machine(region: RegionName, event: MachineEvent): void;
  second(answered: number, asked: number): void;
  fault(name: FaultName, target: string): void;
  sum(): Pick<SceneResult, 'moves' | 'refusals' | 'faults'>;
}

/** Calls that change something in the cloud, or write the record. */
const acts = new Set([
  'fleet.launch',
  'fleet.terminate',
  'fleet.keep',
  'fleet.suspend',
  'fleet.resume',
  'fleet.setZones',
  'fleet.setDesired',
  'balancer.register',
  'balancer.deregister',
  'zonalShift.start',
  'zonalShift.extend',
  'zonalShift.cancel',
  'restart.restart',
  'dns.setWeights',
  'switch.write',
  'store.openIncident',
  'store.record',
  'store.closeIncident',
  'store.acquireLease',
  'store.releaseLease',
]);

const summaryEvery = 10;

export function createStory(trace: Trace, cloud: Cloud): Story {
  const now = () => Date.now();
  const said = new Map<string, string>();
  const refusals: Record<string, number> = {};
  const faults: { name: FaultName; target: string; at: number; detectedAt: number | null }[] = [];
  let seconds = 0;
  let sums = { answered: 0, asked: 0 };
  cloud.onEvent(({ at, region, kind, text }) => trace.line(at, region ?? 'cloud', `${kind}: ${text}`));

  function detect({ decision }: Judgement): void {
    const { nodes, zones, regions } = decision.verdicts;
    const bad = new Set<string>([
      ...nodes.filter((n) => n.verdict === 'failing' || n.verdict === 'dead').flatMap((n) => [n.node]),
      ...zones.filter((z) => z.verdict === 'impaired').map((z) => z.zone),
      ...regions.filter((r) => r.verdict === 'down').map((r) => r.region),
    ]);
    for (const fault of faults)
      if (fault.detectedAt === null && bad.has(fault.target)) fault.detectedAt = now();
  }

  const incidents = (): Incident[] => cloud.view().regions.flatMap((r) => r.incidents);
  return {
    call({ at, region, port, method, ask, by }, outcome) {
      const name = `${port}.${method}`;
      if (!acts.has(name)) return;
      const end =
        'error' in outcome ? `failed: ${messageOf(outcome.error)}` : JSON.stringify(outcome.result ?? 'done');
      trace.line(at, region, `${by.step ?? by.kind} ${name} ${brief(ask)} -> ${end}`);
    },
    judged(judgement) {
      detect(judgement);
      const { decision, started } = judgement;
      for (const refusal of decision.refusals) {
        const key = `${decision.cell} ${refusal.candidate.move} ${subjectPath(refusal.candidate.subject)}`;
        if (said.get(key) === refusal.guard) continue;
        said.set(key, refusal.guard);
        refusals[refusal.guard] = (refusals[refusal.guard] ?? 0) + 1;
        trace.line(
          now(),
          decision.cell,
          `${refusal.candidate.move} of ${key.split(' ')[2]} ${refusalSentence(refusal)}`,
        );
      }
      for (const { move, subject, because } of started) {
        said.delete(`${decision.cell} ${move} ${subjectPath(subject)}`);
        trace.line(now(), decision.cell, `begins ${move} of ${subjectPath(subject)}: ${because}`);
      }
    },
    machine(region, { at, execution, kind, state, error }) {
      if (kind === 'state-exited' || kind === 'started') return;
      trace.line(
        at,
        region,
        `${execution} ${kind} ${state ?? ''}${error ? ` ${error.Error}` : ''}`.trimEnd(),
      );
    },
    second(answered, asked) {
      seconds += 1;
      sums = { answered: sums.answered + answered, asked: sums.asked + asked };
      if (seconds % summaryEvery > 0) return;
      trace.line(now(), 'clients', `${sums.answered} of ${sums.asked} answered`);
      sums = { answered: 0, asked: 0 };
    },
    fault: (name, target) => faults.push({ name, target, at: now(), detectedAt: null }),
    sum() {
      const all = incidents();
      return {
        moves: all.map(({ move, subject, verb, outcome, openedAt, closedAt }) => ({
          move,
          subject,
          verb,
          outcome,
          openedMs: openedAt - startsAt,
          closedMs: closedAt === null ? null : closedAt - startsAt,
        })),
        refusals,
        faults: faults.flatMap(({ name, target, at, detectedAt }) => {
          const move = all.find((i) => i.openedAt >= at && i.move !== 'fail-back' && nameOf(i) === target);
          const proven = move && lastEvent(move, 'prove', 'done')?.at;
          if (detectedAt === null && !move) return [];
          return [
            {
              name,
              detectedMs: detectedAt === null ? null : detectedAt - at,
              recoveredMs: proven === undefined ? null : proven - at,
            },
          ];
        }),
      };
    },
  };
}

function nameOf({ subject }: Incident): string {
  return subjectPath(subject).split('/').at(-1) ?? '';
}

/** An incident's whole evidence would fill the trace. */
function brief(ask: unknown): string {
  const text = JSON.stringify(ask) ?? '';
  return text.length > 240 ? `${text.slice(0, 240)}…` : text;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
