import { cellNames, type Picture, type RegionPicture } from '@evac/aws/doctor';
import type { ServiceSettings } from '@evac/core';
import type { Installation } from '@evac/core/config';
import { judgeAlarms } from './alarms.ts';
import { judgeCapacity } from './capacity.ts';
import { isDeployed, judgeCell } from './cell.ts';
import { judgeClock } from './clock.ts';
import { judgeEventBus } from './event-bus.ts';
import type { Finding } from './finding.ts';
import { judgeGaps } from './gaps.ts';
import { judgeGroups } from './groups.ts';
import { judgeLoadBalancers } from './load-balancers.ts';
import { judgeName } from './names.ts';
import { placesOf } from './place.ts';
import { judgeQuotas } from './quotas.ts';
import { judgeRuns } from './runs.ts';
import { judgeTargetGroups } from './target-groups.ts';
import { judgeZones } from './zones.ts';

/** What a config means for an account. */
export interface Asked {
  services: readonly ServiceSettings[];
  installation: Installation;
}

/** Everything that is not as it should be. Pure: `now` in epoch ms, as AWS has it. */
export function judge(picture: Picture, { services, installation }: Asked, now: number): Finding[] {
  const places = placesOf(picture, services);
  const answering = picture.regions.filter((region) => region.answers);
  const deployed = answering.some(isDeployed);
  return [
    ...judgeGaps(picture, picture.stage),
    ...judgeClock(picture),
    ...places.flatMap((place) => [
      ...judgeZones(place),
      ...judgeGroups(place),
      ...judgeTargetGroups(place),
      ...judgeLoadBalancers(place),
      ...judgeCapacity(place, places),
    ]),
    ...judgeQuotas(places),
    ...picture.names.flatMap((name) => {
      const service = services.find((s) => s.name === name.service);
      const managed = installation.names.some((n) => n.service === name.service && n.manage);
      return service ? judgeName({ service, name, managed, deployed }) : [];
    }),
    ...answering.flatMap((region) => judgeRegion(region)),
  ];

  function judgeRegion(region: RegionPicture): Finding[] {
    const { stage } = picture;
    const network = installation.networks.find((n) => n.region === region.region);
    const here = services.filter((s) => s.regions.some((r) => r.region === region.region));
    const names = cellNames({ stage, region: region.region, services: here, network });
    const zones = network?.subnets.map(({ zone }) => `in/${zone}`) ?? [];
    const vantages = [...zones, `out/${region.region}`];
    return [
      ...judgeAlarms(region, names, installation, isDeployed(region)),
      ...judgeEventBus(region, installation),
      ...judgeRuns(region, here, network),
      ...judgeCell({ region, deployed, stage, services: here, vantages, now }),
    ];
  }
}
