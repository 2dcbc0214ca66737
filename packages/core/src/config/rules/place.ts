import type { ServiceRegion, ServiceSettings } from '../../settings.ts';
import { error, type Mistake, repeated, type ServiceRule, warning } from './mistake.ts';

/** Regions, zones and groups as AWS names them. */

const regionForm = /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/;
const zoneIdForm = /^[a-z]{2,6}\d+(?:-[a-z]{3}\d+)?-az\d+$/;

const regionsNamed: ServiceRule = ({ regions }) =>
  regions.flatMap(({ region }, i) =>
    regionForm.test(region)
      ? []
      : [error(`regions[${i}].name`, region, "is no region's name; one looks like us-west-2")],
  );

const regionsDiffer: ServiceRule = ({ regions }) =>
  repeated(regions, (r) => r.region).map(({ index, first }) =>
    error(
      `regions[${index}].name`,
      regions[index]?.region,
      `is regions[${first}] again; list each region once, with all of its groups and zones`,
    ),
  );

const zonesBelong: ServiceRule = (service) =>
  eachZone(service, (path, zone, { region }) => {
    // us-west-2a, and local zones: us-west-2-lax-1a.
    if (!regionForm.test(region) || zoneForm(region).test(zone.name)) return [];
    return [error(`${path}.name`, zone.name, `is no zone of ${region}; one looks like ${region}a`)];
  });

const zoneIdsFormed: ServiceRule = (service) =>
  eachZone(service, (path, zone, { region }) => {
    const code = regionCode(region);
    const example = `${code ?? 'usw2'}-az1`;
    const how = 'aws ec2 describe-availability-zones prints it';
    if (String(zone.id) === zone.name)
      return [
        error(`${path}.id`, zone.id, `is the zone's name, not its ID; an ID looks like ${example}: ${how}`),
      ];
    if (!zoneIdForm.test(zone.id))
      return [error(`${path}.id`, zone.id, `is no zone ID; one looks like ${example}: ${how}`)];
    if (code !== null && !zone.id.startsWith(`${code}-`))
      return [
        error(
          `${path}.id`,
          zone.id,
          `is a zone of another region; one of ${region} looks like ${example}: ${how}`,
        ),
      ];
    return [];
  });

const zonesDiffer: ServiceRule = ({ regions }) =>
  regions.flatMap(({ zones }, r) => [
    ...repeated(zones, (z) => z.name).map(({ index, first }) =>
      error(
        `regions[${r}].zones[${index}].name`,
        zones[index]?.name,
        `is zones[${first}] again; list each zone once`,
      ),
    ),
    ...repeated(zones, (z) => z.id).map(({ index, first }) =>
      error(
        `regions[${r}].zones[${index}].id`,
        zones[index]?.id,
        `is the ID of zones[${first}] as well: shifting one would shift the other; each zone has an ID of its own`,
      ),
    ),
  ]);

const groupsDiffer: ServiceRule = ({ regions }) =>
  regions.flatMap(({ groups }, r) =>
    repeated(groups, (g) => g).map(({ index, first }) =>
      error(
        `regions[${r}].groups[${index}]`,
        groups[index],
        `is groups[${first}] again; list each group once`,
      ),
    ),
  );

const severalZones: ServiceRule = ({ regions }) =>
  regions.flatMap(({ region, zones }, i) =>
    zones.length > 1
      ? []
      : [
          warning(
            `regions[${i}].zones`,
            zones.map((z) => z.name),
            `is a single zone: evacuate-zone cannot be done in ${region}, and no zone can be an outlier; two would be right, three better`,
          ),
        ],
  );

const severalRegions: ServiceRule = ({ regions }) =>
  regions.length > 1
    ? []
    : [
        warning(
          'regions',
          regions.map((r) => r.region),
          'is a single region: fail-over-region cannot be done, and nobody outside can say that it is down; two would be right',
        ),
      ];

const someWeight: ServiceRule = ({ regions }) => {
  if (regions.length < 2 || regions.some((r) => r.weight > 0)) return [];
  return [
    error(
      'regions',
      regions.map((r) => r.weight),
      'have only weights of zero, which Route 53 answers with equal traffic to all; a weight above 0 for the regions that serve, and 0 for standbys, would be right',
    ),
  ];
};

function zoneForm(region: string): RegExp {
  return new RegExp(`^${region}(?:-[a-z0-9-]+)?[a-z]$`);
}

function eachZone(
  service: ServiceSettings,
  check: (path: string, zone: ServiceRegion['zones'][number], region: ServiceRegion) => Mistake[],
): Mistake[] {
  return service.regions.flatMap((region, r) =>
    region.zones.flatMap((zone, z) => check(`regions[${r}].zones[${z}]`, zone, region)),
  );
}

const directions = 'north|south|east|west|central|northeast|northwest|southeast|southwest';

/** us-west-2 is usw2 in zone IDs, us-gov-east-1 is usge1; null for regions named in other ways. */
function regionCode(region: string): string | null {
  const match = new RegExp(`^([a-z]{2})-(gov-)?(${directions})-(\\d+)$`).exec(region);
  if (!match) return null;
  const [, area, gov, direction = '', number] = match;
  const short = direction.replace(
    /^(north|south)(east|west)$/,
    (_, a: string, b: string) => `${a.charAt(0)}${b.charAt(0)}`,
  );
  return `${area}${gov ? 'g' : ''}${short.length === 2 ? short : short.charAt(0)}${number}`;
}

export const placeRules = [
  regionsNamed,
  regionsDiffer,
  zonesBelong,
  zoneIdsFormed,
  zonesDiffer,
  groupsDiffer,
  severalZones,
  severalRegions,
  someWeight,
];
