import type { Invariant, Truth } from '../contract.ts';
import type { Admission } from './admission.ts';
import { atAdmissionsTold } from './at-ports.ts';
import { foldMs } from './ballot.ts';
import { evidenceMs } from './bounds.ts';
import { sayMove, sayMs } from './say.ts';
import type { Testimonies } from './testimony.ts';

/**
 * Traffic goes only to a region that answers: when a failover or a region's fail-back is let through, whoever asks, the
 * acting cell's outside vantage has told of the endpoint that is to get the traffic within {@link evidenceMs}, and not
 * `drainAfter` failures of one check in a row as its last words (of `/health`: since it last generated), for long enough (`foldMs`) to be
 * known, and nothing else since. `ready-target` says what is really there.
 */
export const heirAnswers = (): Invariant =>
  atAdmissionsTold('heir-answers', (admission, testimonies, truth) => {
    const { incident, region } = admission;
    if (incident.subject.kind !== 'region') return null;
    const heir = incident.move === 'fail-back' ? incident.subject.region : region;
    const fault = faultOf(heir, admission, testimonies, truth);
    return fault && `${sayMove(incident)} was admitted in ${region}, though ${fault}`;
  });

function faultOf(
  heir: string,
  { region, knewAt }: Admission,
  testimonies: Testimonies,
  { service }: Truth,
): string | null {
  const told = testimonies
    .of(region, `region/${heir}`)
    .filter((t) => t.zone === null && t.region === region)
    .flatMap((t) => t.told.filter((o) => o.at <= knewAt));
  const withinMs = evidenceMs(service);
  if (!told.some((o) => o.at > knewAt - withinMs)) {
    return `its outside vantage had told nothing of the endpoint of ${heir} for ${sayMs(withinMs)}`;
  }
  for (const [check, of] of Map.groupBy(told, (o) => o.check)) {
    const early = of.filter((o) => o.at <= knewAt - foldMs).slice(-service.thresholds.drainAfter);
    const last = [...early, ...of.filter((o) => o.at > knewAt - foldMs)];
    const lastAt = last.at(-1)?.at ?? 0;
    // Whoever generates an answer is there: what was asked before and in the place of the cheap question is out of date.
    const since = told.some((o) => o.check === 'deep' && o.class === 'ok' && o.at > lastAt);
    if (check === 'shallow' && since) continue;
    if (early.length === service.thresholds.drainAfter && last.every((o) => o.class === 'failed'))
      return `the last ${last.length} ${check} checks that it told of the endpoint of ${heir} had failed`;
  }
  return null;
}
