import { type IncidentId, incidentId } from './ids.ts';
import type { Incident } from './incident.ts';
import { type Candidate, subjectName, subjectPath } from './move.ts';

/** Four short of Step Functions' 80, so that an execution that goes on from the record can be told apart: `.r12`. */
const longest = 76;

/**
 * The incident's id, which is also the execution's name: the same trouble gets the same name from every judge, so
 * that Step Functions refuses a second start; trouble after an earlier move ended gets a new one. At most 80
 * characters of `[A-Za-z0-9._-]`.
 */
export function nameIncident(candidate: Candidate, incidents: readonly Incident[]): IncidentId {
  const path = subjectPath(candidate.subject);
  const earlier = incidents.flatMap((i) =>
    subjectPath(i.subject) === path && i.closedAt !== null ? [i.closedAt] : [],
  );
  const from = Math.max(candidate.since, ...earlier, 0);
  const readable = `${candidate.move}.${candidate.service}.${subjectName(candidate.subject)}`.replace(
    /[^A-Za-z0-9._-]/g,
    '-',
  );
  const exact = fnv1a(`${candidate.move} ${candidate.service} ${path} ${from}`);
  return incidentId(`${readable.slice(0, longest - exact.length - 1)}.${exact}`);
}

/** FNV-1a, 64 bits in two halves: short, stable, and no security hangs on it. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const char of text)
    hash = BigInt.asUintN(64, (hash ^ BigInt(char.codePointAt(0) ?? 0)) * 0x100000001b3n);
  return hash.toString(36);
}
