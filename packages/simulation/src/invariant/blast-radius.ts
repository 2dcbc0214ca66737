import { type Incident, type RegionName, subjectPath } from '@evac/core';
import type { Invariant, Truth } from '../contract.ts';
import { atAdmissions } from './at-ports.ts';
import { createDnsPicture, type DnsPicture } from './dns-picture.ts';
import { admission } from './ledger.ts';
import { sayMove } from './say.ts';
import { storesAnswer } from './stores.ts';

/**
 * How much may be out because of us: when a move is let through, at most `maxShare` of the region's nodes (at least one)
 * are being replaced, this one among them; no other zone of its region and no other region is out, nor the one that takes
 * over unless the same change of weights brings it back. Two at once are no excuse: each is opened before it counts the
 * others. A switch that lives in a region that cannot be asked may be on unknown.
 */
export const blastRadius = (): Invariant => {
  let dns: DnsPicture | null = null;
  const rule = atAdmissions('blast-radius', ({ incident, region }, { truth, ledger }) => {
    if (incident.move === 'fail-back') return null;
    const others = ledger
      .incidents(region)
      .filter((i) => i.id !== incident.id && i.closedAt === null && admission(i) !== undefined);
    const fault = tooMuch({ incident, others, region, truth, dns: dns ?? createDnsPicture(truth.scene) });
    return fault && `${sayMove(incident)} was admitted in ${region} while ${fault}`;
  });
  return {
    ...rule,
    after(call, ended, truth, kept) {
      dns ??= createDnsPicture(truth.scene);
      if ('result' in ended) dns.note(call);
      return rule.after?.(call, ended, truth, kept) ?? null;
    },
  };
};

interface Looked {
  incident: Incident;
  others: Incident[];
  region: RegionName;
  truth: Truth;
  dns: DnsPicture;
}

function tooMuch(looked: Looked): string | null {
  const { incident, others, truth } = looked;
  const { subject, move } = incident;
  const beside = others.filter((i) => i.move === move && subjectPath(i.subject) !== subjectPath(subject));
  switch (subject.kind) {
    case 'node': {
      const view = truth.view().regions.find((r) => r.name === subject.region);
      // One that is being ended was still in service when the guards looked.
      const nodes = (view?.nodes ?? []).filter(
        (n) => n.lifecycle === 'in-service' || n.lifecycle === 'terminating',
      );
      const allowed = Math.max(1, Math.floor(truth.service.limits.maxShare * nodes.length));
      if (beside.length < allowed) return null;
      return `${beside.length} of its ${nodes.length} nodes were being replaced (${beside.map((i) => i.id).join(', ')}), at most ${allowed} may be`;
    }
    case 'zone': {
      const zone = beside.find((i) => i.subject.region === subject.region);
      return zone ? `${sayMove(zone)} is open` : null;
    }
    case 'region': {
      const open = beside[0];
      if (open) return `${sayMove(open)} is open`;
      const out = truth.scene.world.regions.find((r) => r.name !== subject.region && isOut(r, looked));
      return out ? `${out.name} is out of DNS already` : null;
    }
  }
}

function isOut(
  { name, weight }: { name: RegionName; weight: number },
  { region, truth, dns }: Looked,
): boolean {
  const isKnown = (home: string) =>
    home === region ||
    (storesAnswer(truth.scene) &&
      !truth.scene.world.regions.some((r) => r.name === home && truth.darkSince(r.name) !== null));
  if (dns.switchedOffBy(name).some(isKnown)) return true;
  return name !== region && weight > 0 && dns.weights().get(name) === 0;
}
