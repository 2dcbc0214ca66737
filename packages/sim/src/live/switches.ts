import { type RegionName, regionName, type ServiceName, type Switch } from '@evac/core';
import { type ServedPart, servePart } from './part.ts';

/**
 * What Route 53's checkers ask in one region: `GET /switch/R` is 200 "out" while that region's switch says that R is
 * out, and 404 "in" otherwise.
 */
export function serveSwitches(
  region: RegionName,
  service: ServiceName,
  switches: Switch,
): Promise<ServedPart> {
  return servePart('switch', { region, zone: null, node: null }, async (request, response) => {
    request.resume();
    const watched = /^\/switch\/([\w-]+)$/.exec(request.url ?? '')?.[1];
    const out = await isOut(watched);
    response.writeHead(out ? 200 : 404, { 'content-type': 'text/plain' });
    response.end(out ? 'out' : 'in');
  });

  async function isOut(watched: string | undefined): Promise<boolean> {
    if (watched === undefined) return false;
    try {
      return await switches.read({ service, region: regionName(watched) });
    } catch {
      // Not a region of this world: there is no such switch, so it is not on.
      return false;
    }
  }
}
