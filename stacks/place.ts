import type { RegionName, ServiceRegion, ServiceSettings, Settings, Vantage, ZoneName } from '@evac/core';
import { vantageId } from '@evac/core';
import type { Installation } from '@evac/core/config';
import { providerRegion } from './home.ts';

/** One region's part of a deployment: what every file here needs to know, and nothing of another region's resources. */
export interface Place {
  region: RegionName;
  /** The others that have a cell. */
  peers: RegionName[];
  stage: string;
  /** Protected, and kept when the deployment is removed. */
  production: boolean;
  settings: Settings;
  /** Those that run here, with their part in this region. */
  services: { service: ServiceSettings; here: ServiceRegion }[];
  installation: Installation;
  network: Installation['networks'][number] | null;
  vantages: Vantage[];
  provider: aws.Provider;
  /** Pulumi's name for a resource of this region, unique over all of them: `UsWest2Decide`. */
  logical(...parts: string[]): string;
  /** The name in AWS, unique within a region: `evac-production-decide`. */
  named(...parts: string[]): string;
  /** `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`, of this region or another; '' for what has none. */
  arn(service: string, resource: string, region?: string): string;
}

export async function createPlace(ask: {
  region: RegionName;
  regions: readonly RegionName[];
  settings: Settings;
  installation: Installation;
}): Promise<Place> {
  const { region, regions, settings, installation } = ask;
  const [{ accountId }, { partition }] = await Promise.all([aws.getCallerIdentity(), aws.getPartition()]);
  const { stage } = $app;
  const network = installation.networks.find((n) => n.region === region) ?? null;
  const label = pascal(region);
  const provider = new aws.Provider(label, {
    region: providerRegion(region),
    // An explicit provider does not inherit the app's tags.
    defaultTags: {
      tags: { ...installation.tags, 'evac:stage': stage, 'sst:app': $app.name, 'sst:stage': stage },
    },
    // Deploying one region must not hang on an answer from another.
    skipMetadataApiCheck: true,
    skipCredentialsValidation: true,
  });
  return {
    region,
    peers: regions.filter((other) => other !== region),
    stage,
    production: stage === 'production',
    settings,
    services: settings.services.flatMap((service) => {
      const here = service.regions.find((r) => r.region === region);
      return here ? [{ service, here }] : [];
    }),
    installation,
    network,
    vantages: vantagesOf(region, network?.subnets.map((s) => s.zone) ?? [], settings.controls),
    provider,
    logical: (...parts) => [label, ...parts.map(pascal)].join(''),
    named: (...parts) => ['evac', stage, ...parts].join('-'),
    arn: (service, resource, where = region) =>
      `arn:${partition}:${service}:${where}:${accountId}:${resource}`,
  };
}

function vantagesOf(region: RegionName, zones: ZoneName[], controls: string[]): Vantage[] {
  return [
    ...zones.map((zone) => ({ id: vantageId(`in/${zone}`), region, zone, controls })),
    { id: vantageId(`out/${region}`), region, zone: null, controls },
  ];
}

/** "us-west-2a" is "UsWest2a". */
export function pascal(words: string): string {
  return words
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
