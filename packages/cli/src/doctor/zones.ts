import type { Finding } from './finding.ts';
import type { Place } from './place.ts';

/** A zone's name is another building in every account; a shift goes by the ID. */
export function judgeZones({ here, region, say }: Place): Finding[] {
  const { zones } = region;
  if (!zones) return [];
  return here.zones.flatMap(({ name, id }) => {
    const own = zones[name];
    const subject = `zone ${name}`;
    if (own === undefined)
      return say('zone-unknown', {
        subject,
        seen: `the config has ${name} (${id}), this account does not`,
        right: `one of ${Object.keys(zones).join(', ')}`,
        fix: 'in evac.config.ts, list zones that the account has, or enable the zone in the EC2 console (Settings, Zones)',
      });
    if (own === id) return [];
    return say('zone-id', {
      subject,
      seen: `id "${id}" in the config`,
      right: `"${own}", as this account has it: a zonal shift goes by the ID, and would leave the wrong zone`,
      fix: `in evac.config.ts, { name: '${name}', id: '${own}' }`,
    });
  });
}
