import type { Invariant, Truth } from '../contract.ts';
import type { Admission } from './admission.ts';
import { atAdmissionsTold } from './at-ports.ts';
import { isBlinding } from './blinding.ts';
import { skewMs } from './bounds.ts';
import { sayMove } from './say.ts';
import type { Testimony, Told } from './testimony.ts';

/** From a vantage's word to the health that a decision reads: a stream and a judgement. */
const foldMs = 15_000;

/**
 * What fails together is no node's and no zone's fault: neither is left, whoever asks, while `fleetShare` of the region's
 * nodes, in several of its zones, fail. A node fails when a majority of the vantages that tell of it, and two of them,
 * have told `drainAfter` failures of one check in a row, for long enough to be known, and nothing else since: for want of a
 * connection, no answer at all to what was asked later. One that is still starting is not counted, and neither is what was told
 * of one while it was. One that Auto Scaling is ending does not fail either: nobody asks it any more.
 */
export const together = (): Invariant =>
  atAdmissionsTold('together', (admission, testimonies, truth) => {
    const { incident, region } = admission;
    if (incident.move === 'fail-back' || incident.subject.kind === 'region') return null;
    if (truth.scene.troubles.some(isBlinding)) return null;
    const all = truth.view().regions.find((r) => r.name === region)?.nodes ?? [];
    const ofNode = (node: string) => testimonies.of(region, `node/${node}`);
    const nodes = all.filter(
      (n) => n.lifecycle !== 'detached' && startedAt(n.launchedAt, ofNode(n.node), truth) <= truth.now,
    );
    const failing = nodes.filter((n) => {
      const told = ofNode(n.node);
      const fails = isTold(told, startedAt(n.launchedAt, told, truth), admission, truth);
      return fails && n.lifecycle !== 'terminating';
    });
    const zones = new Set(failing.map((n) => n.zone));
    if (failing.length < truth.service.thresholds.fleetShare * nodes.length || zones.size < 2) return null;
    return `${sayMove(incident)} was admitted in ${region} while ${failing.length} of ${nodes.length} nodes failed together, in ${zones.size} zones`;
  });

/** When its startup grace was over, if nobody has had an answer of it: until then it refuses connections in good health. */
function startedAt(launchedAt: number, testimonies: Testimony[], { service }: Truth): number {
  const answered = testimonies.some((t) => t.told.some((o) => o.class === 'ok'));
  return answered ? Number.NEGATIVE_INFINITY : launchedAt + service.timing.graceMs + skewMs;
}

function isTold(testimonies: Testimony[], from: number, admission: Admission, truth: Truth): boolean {
  const telling = testimonies.filter((t) =>
    t.told.some((o) => o.at > admission.knewAt - truth.service.timing.freshMs),
  );
  const failing = telling.filter((t) => fails(t, from, admission, truth));
  return failing.length >= 2 && failing.length > telling.length / 2;
}

function fails({ told }: Testimony, from: number, { knewAt }: Admission, { service }: Truth): boolean {
  const { drainAfter } = service.thresholds;
  const counting = told.filter((o) => o.at > from);
  return [...Map.groupBy(counting, (o) => o.check).values()].some((of) => {
    const early = of.filter((o) => o.at <= knewAt - foldMs).slice(-drainAfter);
    const since = of.filter((o) => o.at > knewAt - foldMs);
    const last = of.at(-1);
    return (
      last !== undefined &&
      last.at > knewAt - service.timing.freshMs &&
      early.length === drainAfter &&
      [...early, ...since].every((o) => o.class === 'failed') &&
      !(isUnconnected(last) && isAnsweredSince(last, told))
    );
  });
}

const isUnconnected = ({ reason }: Told) => reason === 'connect-refused' || reason === 'connect-timeout';

/** Asked later than what failed, a vantage was answered: it may wait for one connection while another one is made. */
function isAnsweredSince({ at, latencyMs, check }: Told, told: Told[]): boolean {
  return told.some((o) => o.class === 'ok' && o.check !== check && o.at - o.latencyMs > at - latencyMs);
}
