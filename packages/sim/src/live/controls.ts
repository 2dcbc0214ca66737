import type { Place } from '../fault/strike.ts';
import { type ServedPart, servePart } from './part.ts';

/** Two tiny URLs that answer whenever the vantage at this place can see the world at all. */
export async function serveControls(place: Place): Promise<ServedPart & { controls: string[] }> {
  const kind = place.zone === null ? 'region-controls' : 'zone-controls';
  const part = await servePart(kind, place, (request, response) => {
    request.resume();
    response.end('ok');
  });
  return { ...part, controls: [`${part.url}/first`, `${part.url}/second`] };
}
