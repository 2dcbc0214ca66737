import { type Incident, lastEvent, subjectPath } from '@evac/core';
import type { DnsPicture } from './dns-picture.ts';
import type { Ledger } from './ledger.ts';
import { isHolding } from './ledger.ts';

/** Moves of one store that keep the world other than configured, rightly, until a fail-back. */
export interface Standing {
  /** Zones that are held empty. */
  evacuations: Incident[];
  /** Regions that were taken out of DNS and have not had their traffic back. */
  failovers: Incident[];
}

/** A failover ends also when its region comes back otherwise: by weights it may take over from the one that took over. */
export function standingIn(ledger: Ledger, region: string, dns: DnsPicture): Standing {
  const incidents = ledger.incidents(region);
  const isBack = (out: Incident) =>
    incidents.some(
      (i) =>
        i.move === 'fail-back' &&
        i.outcome === 'recovered' &&
        i.openedAt > out.openedAt &&
        subjectPath(i.subject) === subjectPath(out.subject),
    );
  return {
    evacuations: incidents.filter(isHolding),
    failovers: incidents.filter(
      (i) =>
        i.move === 'fail-over-region' &&
        (i.outcome === 'recovered' || isLeftOut(i)) &&
        !isBack(i) &&
        dns.isOut(i.subject.region, region),
    ),
  };
}

/** A failover that failed and did not turn DNS back: its region was not known to serve. */
function isLeftOut(failover: Incident): boolean {
  const turned = lastEvent(failover, 'flip', 'done', 'undone');
  return failover.outcome === 'failed' && turned?.phase === 'done';
}
