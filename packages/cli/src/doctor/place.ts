import type {
  GroupPicture,
  LoadBalancerPicture,
  Picture,
  RegionPicture,
  TargetGroupPicture,
} from '@evac/aws/doctor';
import type { ServiceRegion, ServiceSettings } from '@evac/core';
import { at } from './finding.ts';

/** A service in one of its regions, with what there is of it. */
export interface Place {
  service: ServiceSettings;
  here: ServiceRegion;
  region: RegionPicture;
  /** Its groups that exist; null where that is not known. */
  groups: GroupPicture[] | null;
  targetGroups: TargetGroupPicture[] | null;
  loadBalancers: LoadBalancerPicture[] | null;
  say: ReturnType<typeof at>;
}

/** Every service in every region that answers. */
export function placesOf(picture: Picture, services: readonly ServiceSettings[]): Place[] {
  return services.flatMap((service) =>
    service.regions.flatMap((here): Place[] => {
      const region = picture.regions.find((r) => r.region === here.region);
      if (!region?.answers) return [];
      const groups = region.groups?.filter((g) => here.groups.includes(g.name)) ?? null;
      const arns = groups?.flatMap((g) => g.targetGroups) ?? [];
      const targetGroups = region.targetGroups?.filter((t) => arns.includes(t.arn)) ?? null;
      const fronts = targetGroups?.flatMap((t) => t.loadBalancers) ?? [];
      const loadBalancers = region.loadBalancers?.filter((l) => fronts.includes(l.arn)) ?? null;
      const say = at({ region: here.region, service: service.name });
      return [{ service, here, region, groups, targetGroups, loadBalancers, say }];
    }),
  );
}

/** `aws autoscaling … --region us-west-2` */
export function aws({ here }: Pick<Place, 'here'>, command: string): string {
  return `aws ${command} --region ${here.region}`;
}
