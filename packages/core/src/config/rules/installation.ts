import { pathText } from '../problem.ts';
import type { ParsedConfig } from '../schema.ts';
import { error, type Mistake } from './mistake.ts';

/** What deploying needs and the services do not have, or have otherwise; paths from the top. */
export function installationMistakes(config: ParsedConfig): Mistake[] {
  return [...networkMistakes(config), ...dnsMistakes(config), ...tagMistakes(config)];
}

function networkMistakes({ network, services }: ParsedConfig): Mistake[] {
  const regions = Object.values(services).flatMap((service) => service.regions);
  const known = [...new Set(regions.map((r) => r.name))];
  return Object.entries(network ?? {}).flatMap(([region, { subnets }]) => {
    if (!known.includes(region))
      return [
        error(
          pathText(['network', region]),
          region,
          `is no region of any service; one of ${known.join(', ')} would be right`,
        ),
      ];
    const zones = new Set(
      regions.filter((r) => r.name === region).flatMap((r) => r.zones.map((z) => z.name)),
    );
    return Object.keys(subnets).flatMap((zone) =>
      zones.has(zone)
        ? []
        : [
            error(
              pathText(['network', region, 'subnets', zone]),
              zone,
              `stands in no zone that a service lists in ${region}; one of ${[...zones].join(', ')} would be right`,
            ),
          ],
    );
  });
}

function dnsMistakes({ services }: ParsedConfig): Mistake[] {
  return Object.entries(services).flatMap(([name, { dns }]) =>
    dns?.manage && dns.zone === undefined
      ? [
          error(
            pathText(['services', name, 'dns', 'manage']),
            true,
            "needs to know where to write the records; dns.zone with the hosted zone's id would be right: aws route53 list-hosted-zones-by-name",
          ),
        ]
      : [],
  );
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
const tagForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function tagMistakes({ tags }: ParsedConfig): Mistake[] {
  return Object.entries(tags ?? {}).flatMap(([key, value]) => {
    const path = pathText(['tags', key]);
    if (/^aws:/i.test(key) || key.length > 128 || !tagForm.test(key))
      return [
        error(
          path,
          key,
          'has a key that no tag may have; letters, digits and _.:/=+-@, not beginning with aws:, would be right',
        ),
      ];
    if (value.length > 256 || !tagForm.test(value))
      return [
        error(
          path,
          value,
          'is no value that a tag may have; up to 256 letters, digits and _.:/=+-@ would be right',
        ),
      ];
    return [];
  });
}
