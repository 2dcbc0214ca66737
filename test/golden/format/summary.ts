import { type Decision, subjectPath } from '@evac/core';

/** What a case says of its decision. */
export interface Expected {
  moves: { move: string; subject: string; verb: string; needsApproval: boolean }[];
  refusals: { move: string; subject: string; guard: string; because: string; unblock: string }[];
  /** Every verdict out of the ordinary, and any that the case names. */
  verdicts: Record<string, string>;
  /** What is told beside refusals: "warning scale-out i-a1". */
  alerts: string[];
}

const ordinary = new Set(['healthy', 'serving', 'normal', 'same']);

export function summarize(decision: Decision, named: readonly string[]): Expected {
  const { moves, refusals, alerts } = decision;
  const verdicts = verdictsOf(decision).filter(
    ([subject, verdict]) => !ordinary.has(verdict) || named.includes(subject),
  );
  return {
    moves: moves.map(({ move, subject, verb, needsApproval }) => ({
      move,
      subject: subjectPath(subject),
      verb,
      needsApproval,
    })),
    refusals: refusals.map(({ candidate: { move, subject }, guard, because, unblock }) => ({
      move,
      subject: subjectPath(subject),
      guard,
      because,
      unblock,
    })),
    verdicts: Object.fromEntries(verdicts),
    alerts: alerts
      .filter((a) => a.kind !== 'refused' || a.subject === 'fleet')
      .map(({ severity, kind, subject }) => `${severity} ${kind} ${subject}`),
  };
}

function verdictsOf({ cell, verdicts }: Decision): [subject: string, verdict: string][] {
  const { nodes, zones, regions, fleet, revision } = verdicts;
  return [
    ...nodes.map((n): [string, string] => [`${cell}/${n.zone}/${n.node}`, n.verdict]),
    ...zones.map((z): [string, string] => [`${cell}/${z.zone}`, z.verdict]),
    ...regions.map((r): [string, string] => [r.region, r.verdict]),
    ['fleet', fleet.verdict],
    ['revision', revision.verdict],
  ];
}
