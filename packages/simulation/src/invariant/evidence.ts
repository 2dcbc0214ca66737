import type { ServiceSettings } from '@evac/core';
import type { Invariant, Truth } from '../contract.ts';
import type { Admission } from './admission.ts';
import { atAdmissionsTold } from './at-ports.ts';
import { ballot, isSo, shortOf } from './ballot.ts';
import { evidenceMs, skewMs } from './bounds.ts';
import { sayMove, sayMs } from './say.ts';
import { storesAnswer } from './stores.ts';
import type { Testimonies, Testimony } from './testimony.ts';
import { failsInPart, findingItSlow, requestsFail } from './zone-words.ts';

/**
 * No move on unknown or without quorum: when Evac by itself, or a person with `recover`, begins a move, the store was
 * told fresh failures of the subject (for a fail-back: fresh answers) by a strict majority of the vantages that could
 * see it, and by two where there are two. `force` needs no majority, but nothing moves where nobody has looked. Clients
 * are a voice about a zone: the load balancer counts which of their requests fail.
 *
 * Fresh: within {@link evidenceMs} before the process last read its store; for a zone, whose test counts rounds, `zoneN`
 * intervals more. Who has told nothing but good of it within `fresh`, and did not say since that it sees nothing, could
 * see it and did not agree; of a zone, if it has asked the same since the others' failures began: what only a generation
 * shows, a vantage whose turn to ask for one has not come cannot know. A word that came just before (`foldMs`) is not known
 * yet. A zone may also fail in part: where those that told failures had answers in between, the answers of others are no
 * contradiction, and two voices are enough.
 */
export const evidence = (): Invariant =>
  atAdmissionsTold('evidence', (admission, testimonies, truth) => {
    const { incident } = admission;
    const fault = gap(admission, testimonies, truth);
    return fault && `${sayMove(incident)} was admitted in ${admission.region}, though ${fault}`;
  });

function zoneMs(service: ServiceSettings): number {
  return evidenceMs(service) + service.thresholds.zoneN * service.timing.intervalMs;
}

function gap(admission: Admission, testimonies: Testimonies, truth: Truth): string | null {
  const { incident, region, knewAt } = admission;
  const { service } = truth;
  const lastWordAt = testimonies.lastWordAt(region);
  if (lastWordAt === null || knewAt - lastWordAt > evidenceMs(service)) {
    return `no vantage of ${region} had told its store anything for ${lastWordAt === null ? 'ever' : sayMs(knewAt - lastWordAt)}`;
  }
  const { subject, verb, move } = incident;
  if (subject.kind === 'region') return verb === 'force' ? null : gapOfRegion(admission, testimonies, truth);
  const wanted = move === 'fail-back' ? 'good' : 'bad';
  if (subject.kind === 'node') {
    const told = testimonies.of(region, `node/${subject.node}`);
    const count = ballot(
      told,
      { wanted, now: knewAt, withinMs: evidenceMs(service), isBlind: testimonies.isBlind },
      truth,
    );
    if (count.seeing === 0 && !isAskedToGenerate(told, knewAt, testimonies, service))
      return `no vantage has told of ${subject.node} within ${sayMs(evidenceMs(service))}`;
    return verb === 'force' ? null : shortOf(count, incident, truth);
  }
  return verb === 'force' ? null : gapOfZone(admission, testimonies, truth);
}

/** A generation counts for longer than what else was told of it, be it only to know that it was looked at. */
function isAskedToGenerate(
  told: Testimony[],
  knewAt: number,
  { isBlind }: Testimonies,
  service: ServiceSettings,
): boolean {
  const from = knewAt - evidenceMs(service);
  return told.some(
    (t) => !isBlind(t.vantage, knewAt) && t.told.some((o) => o.check === 'deep' && o.at > from),
  );
}

function gapOfZone(
  { incident, region, knewAt }: Admission,
  testimonies: Testimonies,
  truth: Truth,
): string | null {
  const { subject, move } = incident;
  if (subject.kind !== 'zone') return null;
  const nodes = testimonies.nodesOf(region, subject.zone);
  const told = nodes.map((node) => testimonies.of(region, node.id));
  const windowMs = zoneMs(truth.service);
  if (move === 'fail-back') {
    // A zone that has become empty is no danger to anybody, and can only be filled again once it is back.
    if (nodes.length === 0) return null;
    for (const [i, ofNode] of told.entries()) {
      const count = ballot(
        ofNode,
        { wanted: 'good', now: knewAt, withinMs: evidenceMs(truth.service), isBlind: testimonies.isBlind },
        truth,
      );
      if (count.seeing === 0) continue;
      const short = shortOf(count, incident, truth);
      if (short) return `${short} (${nodes[i]?.id})`;
    }
    return told.some((t) => t.length > 0) ? null : `nobody had told of any of its ${nodes.length} nodes`;
  }
  const { slow, all } = findingItSlow(region, subject.zone, knewAt, testimonies, truth);
  if (slow.length > all.length / 2) return null;
  const lately = (t: Testimony) =>
    t.told.some((o) => o.at > knewAt - windowMs && isSo(o.class, 'bad', t, knewAt, truth));
  const affected = told.filter((ofNode) => ofNode.some(lately)).length;
  const started = told.filter((ofNode) => ofNode.some((t) => t.loadingSince === null)).length;
  const { zoneMinEffect } = truth.service.thresholds;
  const requests = testimonies.requestsTo(region);
  const clients = requestsFail(requests, subject.zone, zoneMinEffect, truth) ? ['clients'] : [];
  // A load balancer does not tell which node failed a request, but one of several fails no more than its share of them.
  const several = requestsFail(requests, subject.zone, 1 / Math.max(1, started) + zoneMinEffect, truth);
  if (affected < Math.min(2, started) && !(affected === 0 && clients.length > 0) && !several) {
    return `failures of only ${affected} of its ${started} nodes had been told within ${sayMs(windowMs)}, it takes more than one, or all`;
  }
  const asked = {
    wanted: 'bad',
    now: knewAt,
    withinMs: windowMs,
    failures: 1,
    isBlind: testimonies.isBlind,
    sameCheck: true,
  } as const;
  const count = ballot(told.flat(), asked, truth);
  // To find it slow, where others cannot reach it at all, is no word against them.
  const agreeing = [...new Set([...count.agreeing, ...slow, ...clients])];
  const isInPart = failsInPart(told.flat(), count.agreeing, knewAt - windowMs);
  const contrary = isInPart ? [] : count.contrary.filter((vantage) => !slow.includes(vantage));
  const [seeing, heard] = [count.seeing + clients.length, count.heard + clients.length];
  return shortOf({ ...count, agreeing, contrary, seeing, heard }, incident, truth);
}

/** What outside vantages told their own stores of the region's public endpoint. */
function gapOfRegion(
  { incident, region, knewAt }: Admission,
  testimonies: Testimonies,
  truth: Truth,
): string | null {
  const { subject, move } = incident;
  const names = truth.scene.world.regions.map((r) => r.name);
  const views = names.flatMap((name) => testimonies.of(name, `region/${subject.region}`));
  const wanted = move === 'fail-back' ? 'good' : 'bad';
  const outside = views.filter((v) => v.zone === null && v.region !== subject.region);
  const count = ballot(
    outside,
    { wanted, now: knewAt, withinMs: evidenceMs(truth.service), isBlind: testimonies.isBlind },
    truth,
  );
  const kind = wanted === 'bad' ? 'failures' : 'answers';
  if (count.agreeing.length === 0) {
    return `no outside vantage had told ${kind} of its endpoint within ${sayMs(evidenceMs(truth.service))} (${count.contrary.join(', ') || 'none'} had told otherwise)`;
  }
  if (wanted === 'good' || !storesAnswer(truth.scene)) return null;
  const { freshMs, deepIntervalMs } = truth.service.timing;
  // What was generated goes on counting for longer; by whose clock, nobody can say.
  const answeredMs = { shallow: freshMs, deep: freshMs + deepIntervalMs - skewMs };
  const onlyFailed = (vantage: string) =>
    outside.every(
      (t) =>
        t.vantage !== vantage ||
        t.told.every((o) => o.at <= knewAt - answeredMs[o.check] || o.class === 'failed'),
    );
  // Whose failures are too few yet to agree has nothing to say against it either, once its last answer is stale.
  const contrary = count.contrary.filter((vantage) => !onlyFailed(vantage));
  if (count.agreeing.length <= contrary.length) {
    return `only ${count.agreeing.length} of ${count.seeing} outside vantages had told failures of its endpoint (${count.agreeing.join(', ')}), and every store could be read from ${region}`;
  }
  return null;
}
