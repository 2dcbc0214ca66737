import { type Incident, subjectPath } from '@evac/core';
import type { Invariant, Truth } from '../contract.ts';
import { detectionMs } from './bounds.ts';
import { createDnsPicture, type DnsPicture } from './dns-picture.ts';
import { boundHands } from './freedom.ts';
import type { Ledger } from './ledger.ts';
import { sayMove, sayMs } from './say.ts';
import { standingIn } from './standing.ts';
import { hear, toldSoFar } from './told.ts';

const minute = 60_000;
/** The tick, a few polls, and a retry or two. */
const beginMs = 5 * minute;

/**
 * At the end of quiet time the world is as configured and nothing is leaked: as many nodes in service as are asked for,
 * all of them serving and in the load balancer (but for zones that are held empty), none left half launched or half
 * ended, no lease that was taken or renewed after its holder had closed, and, where fail-backs are automatic and nothing
 * is against them, no zone or region still out. Groups, shifts and DNS are `put-back`'s.
 */
export const asConfigured = (): Invariant => {
  let dns: DnsPicture | null = null;
  return {
    name: 'as-configured',
    after(call, ended, truth) {
      hear(call, ended, truth);
      dns ??= createDnsPicture(truth.scene);
      if ('result' in ended) dns.note(call);
      return null;
    },
    end(truth) {
      const { ledger } = toldSoFar(truth);
      const picture = dns ?? createDnsPicture(truth.scene);
      return [
        ...truth.view().regions.flatMap((region) => nodesLeft(region, ledger, picture, truth)),
        ...truth.scene.world.regions.flatMap(({ name }) => [
          ...leasesLeft(ledger, name, truth),
          ...overdue(ledger, picture, name, truth),
        ]),
      ];
    },
  };
};

type RegionView = ReturnType<Truth['view']>['regions'][number];

function nodesLeft(
  { name, nodes, desired }: RegionView,
  ledger: Ledger,
  dns: DnsPicture,
  truth: Truth,
): string[] {
  const held = standingIn(ledger, name, dns).evacuations.flatMap(({ subject }) =>
    subject.kind === 'zone' ? [subject.zone] : [],
  );
  const inService = nodes.filter((n) => n.lifecycle === 'in-service');
  const count =
    inService.length === desired
      ? []
      : [
          `${name} has ${inService.length} nodes in service at the end and is asked for ${desired} (${nodes.map((n) => `${n.node} in ${n.zone} ${n.lifecycle}`).join(', ')})`,
        ];
  const wrong = nodes.flatMap(({ node, zone, lifecycle, target }) => {
    const about = `${node} in ${zone} is ${lifecycle} at the end`;
    if (lifecycle === 'pending' || lifecycle === 'terminating') return [about];
    if (lifecycle === 'detached')
      return target === 'unused' ? [] : [`${about}, and still a target (${target})`];
    const badSince = truth.badSince(node);
    if (badSince !== null) return [`${about} and has not served for ${sayMs(truth.now - badSince)}`];
    if (target !== 'healthy' && !held.includes(zone))
      return [`${about} and as a target ${target}: it gets no traffic`];
    return [];
  });
  return [...count, ...wrong];
}

function leasesLeft(ledger: Ledger, region: string, { now }: Truth): string[] {
  return ledger.leases(region).flatMap(({ scope, holder, token, expiresAt, at, ttlMs }) => {
    const closedAt = ledger.incident(region, holder)?.closedAt ?? null;
    if (expiresAt <= now || closedAt === null || now - closedAt <= ttlMs) return [];
    return [
      `the lease on ${scope} in ${region} (token ${token}) is in force at the end for another ${sayMs(expiresAt - now)}, written ${sayMs(now - at)} before, though its holder ${holder} closed ${sayMs(now - closedAt)} before`,
    ];
  });
}

/** Held zones and failed-over regions whose fail-back should have begun. */
function overdue(ledger: Ledger, dns: DnsPicture, region: string, truth: Truth): string[] {
  const { service, now } = truth;
  if (service.policy['fail-back'] !== 'automatic') return [];
  const against = boundHands(ledger, region, truth);
  if (against !== null) return [];
  const { evacuations, failovers } = standingIn(ledger, region, dns);
  return [...evacuations, ...failovers].flatMap((out) => {
    const path = subjectPath(out.subject);
    const before = ledger.incidents(region).filter((i) => subjectPath(i.subject) === path);
    if (before.some((i) => i.move === 'fail-back' && i.closedAt === null)) return [];
    const dueAt =
      Math.max(truth.troubledAt() + service.limits.failBackAfterMs, cooledAt(before, truth)) +
      detectionMs(service) +
      beginMs;
    if (now <= dueAt) return [];
    return [
      `${sayMove(out)} still stands in ${region} at the end, though fail-backs are automatic, nothing was wrong for ${sayMs(now - truth.troubledAt())} and one was due ${sayMs(now - dueAt)} ago`,
    ];
  });
}

function cooledAt(before: Incident[], { service }: Truth): number {
  const { cooldownMs, cooldownGrowth } = service.limits;
  const last = Math.max(0, ...before.map((i) => i.closedAt ?? 0));
  const repeats = before.filter((i) => i.move === 'fail-back' && i.closedAt !== null).length;
  return last + cooldownMs * cooldownGrowth ** Math.max(0, repeats - 1);
}
