import { type RegionName, refusalSentence, subjectPath } from '@evac/core';
import type { Judgement } from '@evac/workflow';
import type { OrchestratorEvent } from './event.ts';

/** Turns judgements into events, each told once for as long as it stays true. */
export function createNarrator(cell: RegionName, emit: (event: OrchestratorEvent) => void) {
  let told = new Map<string, string>();
  let ready = false;

  /** What was told and is not true any more. */
  function clear(now: Map<string, string>, at: number): void {
    for (const key of told.keys()) {
      const [kind, subject] = key.split(' ');
      if (kind !== 'verdict' || subject === undefined || now.has(key)) continue;
      emit({ at, cell, kind: 'verdict', subject, verdict: 'cleared', text: `${subject} is in order again` });
    }
    told = now;
  }

  return {
    /** Null: a judgement that found everything in order. */
    tell(judgement: Judgement | null, at: number): void {
      if (!judgement) {
        if (!ready)
          emit({ at, cell, kind: 'ready', text: `every vantage of ${cell} finds everything in order` });
        ready = true;
        clear(new Map(), at);
        return;
      }
      const { decision, started } = judgement;
      const now = new Map<string, string>();
      const say = (key: string, value: string, event: OrchestratorEvent) => {
        now.set(key, value);
        if (told.get(key) !== value) emit(event);
      };
      const base = { at: decision.at, cell };
      for (const v of verdictsOf(decision.verdicts, cell)) {
        const key = `verdict ${v.subject}`;
        const was = told.get(key);
        // That nobody knows is no reason to call it in order.
        if (v.verdict === 'unknown' && was !== undefined) now.set(key, was);
        if (!ordinary.has(v.verdict)) say(key, v.verdict, { ...base, kind: 'verdict', ...v });
      }
      const { fleet } = decision.verdicts;
      if (fleet.verdict !== 'normal' && fleet.verdict !== 'unknown') {
        say('fleet', fleet.verdict, { ...base, kind: 'fleet', verdict: fleet.verdict, text: fleet.because });
      }
      for (const refusal of decision.refusals) {
        const { candidate, guard, because, unblock } = refusal;
        const subject = subjectPath(candidate.subject);
        const text = `${candidate.move} of ${subject} ${refusalSentence(refusal)}`;
        say(`refused ${candidate.move} ${subject}`, guard, {
          ...base,
          kind: 'refused',
          move: candidate.move,
          subject,
          guard,
          because,
          unblock,
          text,
        });
      }
      for (const alert of decision.alerts) {
        if (alert.kind === 'refused') continue;
        say(`alert ${alert.kind} ${alert.subject}`, alert.severity, {
          ...base,
          kind: 'alert',
          alert: alert.kind,
          severity: alert.severity,
          text: alert.text,
        });
      }
      for (const { move, subject, incident, verb, because } of started) {
        emit({ ...base, kind: 'move', move, subject: subjectPath(subject), incident, verb, text: because });
      }
      clear(now, at);
    },
  };
}

const ordinary = new Set<string>(['healthy', 'starting', 'serving', 'unknown']);

function verdictsOf({ nodes, zones, regions }: Judgement['decision']['verdicts'], cell: RegionName) {
  return [
    ...nodes.map((n) => ({
      subject: `${cell}/${n.zone}/${n.node}`,
      verdict: n.verdict,
      text: `${n.bad} of ${n.seeing} vantages: ${n.reason} (${n.detail})`,
    })),
    ...zones.map((z) => ({ subject: `${cell}/${z.zone}`, verdict: z.verdict, text: z.because })),
    ...regions.map((r) => ({ subject: r.region, verdict: r.verdict, text: r.because })),
  ];
}
