import type { createArc } from '../arc.ts';
import type { MotoRegion } from '../world.ts';

interface Shift {
  awayFrom: string;
  resourceIdentifier: string;
}

/** The shifts in force, as ARC lists them. */
export function shiftsIn(arc: ReturnType<typeof createArc>): Shift[] {
  const service = 'arc-zonal-shift';
  const reply = arc({
    caller: '',
    service,
    region: '',
    action: '',
    method: 'GET',
    path: '/zonalshifts',
    body: '',
  });
  if (reply === null || typeof reply !== 'object' || !('body' in reply)) return [];
  const { items }: { items: Shift[] } = JSON.parse(reply.body);
  return items;
}

export function isShifted(shifts: Shift[], region: MotoRegion, zone: string): boolean {
  const id = region.zones.find((z) => z.name === zone)?.id;
  return shifts.some((s) => s.awayFrom === id && s.resourceIdentifier === region.loadBalancer);
}
