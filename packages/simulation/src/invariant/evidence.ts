import { type Incident, type ServiceSettings, subjectName, type ZoneRound } from '@evac/core';
import type { Invariant, Truth } from '../contract.ts';
import type { Admission } from './admission.ts';
import { atAdmissionsTold } from './at-ports.ts';
import { evidenceMs, skewMs } from './bounds.ts';
import { sayMove, sayMs } from './say.ts';
import { storesAnswer } from './stores.ts';
import type { Testimonies, Testimony } from './testimony.ts';

/**
 * No move on unknown or without quorum: when Evac by itself, or a person with `recover`, begins a move, the store was
 * told fresh failures of the subject (for a fail-back: fresh answers) by a strict majority of the vantages that could
 * see it, and by two where there are two. `force` needs no majority, but nothing moves where nobody has looked. Clients
 * are a voice about a zone: the load balancer counts which of their requests fail.
 *
 * Fresh: within {@link evidenceMs} before the process last read its store; for a zone, whose test counts rounds, `zoneN`
 * intervals more. Who has told nothing but good of it within `fresh`, and did not say since that it sees nothing, could
 * see it and did not agree; of a zone, if it has asked the same since the others' failures began: what only a generation
 * shows, a vantage whose turn to ask for one has not come cannot know. A word that came less than {@link foldMs} before is not known yet. A zone may also fail in part: where those that told
 * failures had answers in between, the answers of others are no contradiction, and two voices are enough.
 */
export const evidence = (): Invariant =>
  atAdmissionsTold('evidence', (admission, testimonies, truth) => {
    const { incident } = admission;
    const fault = gap(admission, testimonies, truth);
    return fault && `${sayMove(incident)} was admitted in ${admission.region}, though ${fault}`;
  });

/** From a vantage's word to the health that a decision reads: a stream and a judgement, as long as nothing is slow. */
const foldMs = 5_000;

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
    if (count.seeing === 0)
      return `no vantage has told of ${subject.node} within ${sayMs(evidenceMs(service))}`;
    return verb === 'force' ? null : shortOf(count, incident, truth);
  }
  return verb === 'force' ? null : gapOfZone(admission, testimonies, truth);
}

/** How many vantages say so, and how many could see it and do not. */
interface Count {
  wanted: 'good' | 'bad';
  /** Vantages that told what is wanted. */
  agreeing: string[];
  /** Vantages that told lately, and only the contrary. */
  contrary: string[];
  /** All that told lately, and those of them of whom a decision can know it. */
  seeing: number;
  heard: number;
}

interface Asked {
  wanted: Count['wanted'];
  now: number;
  withinMs: number;
  isBlind: Testimonies['isBlind'];
  /** Failures that a vantage must have seen; as many as stop new traffic, if left out. */
  failures?: number;
  /** Only who has asked the same since may contradict. */
  sameCheck?: true;
}

function ballot(testimonies: Testimony[], asked: Asked, truth: Truth): Count {
  const { wanted, now, withinMs, failures = truth.service.thresholds.drainAfter } = asked;
  const from = now - withinMs;
  const agrees = (t: Testimony) =>
    (wanted === 'good' || t.failures >= failures || isOverdue(t, now, truth)) &&
    t.told.some((o) => o.at > from && isSo(o.class, wanted, t, now, truth));
  const freshFrom = now - truth.service.timing.freshMs;
  const saw = (t: Testimony, until: number) => t.told.some((o) => o.at > freshFrom && o.at <= until);
  const known = now - foldMs;
  const told = testimonies
    .filter(agrees)
    .flatMap((t) => t.told.filter((o) => o.at > from && isSo(o.class, wanted, t, now, truth)));
  const contradicts = (t: Testimony) =>
    !asked.sameCheck ||
    t.told.some((o) => o.at <= known && told.some((f) => f.check === o.check && o.at > f.at));
  const agreeing: string[] = [];
  const others: string[] = [];
  const heard: string[] = [];
  const contrary: string[] = [];
  for (const [vantage, all] of Map.groupBy(testimonies, (t) => t.vantage)) {
    if (all.some(agrees)) agreeing.push(vantage);
    else if (!asked.isBlind(vantage, now) && all.some((t) => saw(t, now))) {
      others.push(vantage);
      if (all.some((t) => saw(t, known))) heard.push(vantage);
      if (all.some(contradicts)) contrary.push(vantage);
    }
  }
  const seeing = agreeing.length + others.length;
  return { wanted, agreeing, contrary, seeing, heard: agreeing.length + heard.length };
}

function isSo(
  found: Testimony['told'][number]['class'],
  wanted: Count['wanted'],
  testimony: Testimony,
  now: number,
  truth: Truth,
): boolean {
  if (wanted === 'good') return found === 'ok' || found === 'saturated';
  return found === 'failed' || (found === 'starting' && isOverdue(testimony, now, truth));
}

/** It has been loading for longer than a node may: by then that is a failure. Boot and two rounds come before. */
function isOverdue({ loadingSince, loaded }: Testimony, now: number, { service, scene }: Truth): boolean {
  const { graceMs, intervalMs } = service.timing;
  const isNews = loaded !== null && loaded.until > now - foldMs;
  const since = loadingSince ?? (isNews ? loaded.since : null);
  return since !== null && now - since >= graceMs - scene.world.bootMs - 2 * intervalMs - 10_000;
}

/** In words what a majority lacks; null if it lacks nothing. */
function shortOf(
  { wanted, agreeing, contrary, seeing, heard }: Count,
  { subject }: Incident,
  { service }: Truth,
): string | null {
  // A lost zone silences its own vantage: there, two are wanted only of those that see.
  const inside = service.regions.find((r) => r.region === subject.region)?.zones.length ?? 0;
  const least = wanted === 'good' ? 1 : Math.min(2, subject.kind === 'node' ? inside : Math.max(1, heard));
  if (agreeing.length > contrary.length && agreeing.length >= least) return null;
  const names = (list: string[]) => (list.length === 0 ? 'none' : list.join(', '));
  return `only ${agreeing.length} of ${seeing} vantages that could see ${subjectName(subject)} had told ${wanted === 'bad' ? 'failures' : 'answers'} of it (${names(agreeing)}; against it: ${names(contrary)}), it takes a majority and at least ${least}`;
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

/** One of those that told failures of a zone was answered by it afterwards, and then not again, or the other way round. */
function failsInPart(testimonies: Testimony[], by: string[], from: number): boolean {
  return testimonies.some(({ vantage, told }) => {
    const since = told.filter((o) => o.at > from).map((o) => o.class === 'failed');
    return (
      by.includes(vantage) && since.indexOf(true) >= 0 && since.slice(since.indexOf(true)).includes(false)
    );
  });
}

/** In `zoneM` rounds, more of the zone's requests failed than of the others', by at least such a share. */
function requestsFail(rounds: ZoneRound[], zone: string, by: number, { service }: Truth): boolean {
  const { zoneM } = service.thresholds;
  const share = (of: ZoneRound[]) =>
    of.reduce((sum, r) => sum + r.failed, 0) /
    Math.max(
      1,
      of.reduce((sum, r) => sum + r.total, 0),
    );
  const bad = [...Map.groupBy(rounds, (r) => r.at).values()].filter((round) => {
    const here = round.filter((r) => r.zone === zone);
    const rest = round.filter((r) => r.zone !== zone);
    return share(here) - share(rest) >= by;
  });
  return bad.length >= zoneM;
}

/**
 * A zone may also be impaired by being slow: within the rounds that its test looks at, a majority of the vantages that see
 * it measured its slower answers well above the other zones' typical one. The rounds reach back to before it became slow,
 * hence the quarter and the root.
 */
function findingItSlow(
  region: string,
  zone: string,
  now: number,
  testimonies: Testimonies,
  { service }: Truth,
): { slow: string[]; all: string[] } {
  const { timing, thresholds } = service;
  const from = now - (thresholds.zoneN + 1) * timing.intervalMs - skewMs;
  const zones = service.regions.find((r) => r.region === region)?.zones.map((z) => z.name) ?? [];
  const within = (chosen: string[]) =>
    chosen
      .flatMap((name) => testimonies.nodesOf(region, name))
      .flatMap((node) => testimonies.of(region, node.id));
  const here = within([zone]);
  const rest = within(zones.filter((z) => z !== zone));
  const latencies = (of: Testimony[], vantage: string) =>
    of
      .filter((t) => t.vantage === vantage)
      .flatMap((t) => t.told.filter((o) => o.at > from && o.class === 'ok' && o.check === 'shallow'))
      .map((o) => o.latencyMs);
  const seeingWithin = (ms: number) => {
    const seeing = here.filter(
      (t) => !testimonies.isBlind(t.vantage, now) && t.told.some((o) => o.at > now - ms && o.at <= now),
    );
    return [...new Set(seeing.map((t) => t.vantage))];
  };
  // A decision may have looked at its clock a moment before it read what they had told.
  const slow = seeingWithin(timing.freshMs + foldMs).filter((vantage) => {
    const mine = quantile(latencies(here, vantage), 0.75);
    const others = quantile(latencies(rest, vantage), 0.5);
    return mine !== null && others !== null && mine >= others * Math.sqrt(thresholds.zoneSlowFactor);
  });
  return { slow, all: [...new Set([...slow, ...seeingWithin(timing.freshMs)])] };
}

function quantile(values: number[], share: number): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? null;
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
  if (count.agreeing.length <= count.contrary.length) {
    return `only ${count.agreeing.length} of ${count.seeing} outside vantages had told failures of its endpoint (${count.agreeing.join(', ')}), and every store could be read from ${region}`;
  }
  return null;
}
