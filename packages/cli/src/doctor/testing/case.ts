import type { Part, RegionPicture } from '@evac/aws/doctor';
import type { CheckId } from '../finding.ts';
import { first, type World } from './picture.ts';

/** What is broken, the one finding that follows, what it has seen, and what its fix says. */
export type Case = [
  check: CheckId,
  what: string,
  change: (world: World) => void,
  seen: string | RegExp,
  fix: string | RegExp,
];

/** The places of a good world that cases break. */
export const west = (world: World): RegionPicture => first(world.picture.regions);
export const group = (world: World) => first(west(world).groups);
export const targetGroup = (world: World) => first(west(world).targetGroups);
export const balancer = (world: World) => first(west(world).loadBalancers);
export const name = (world: World) => first(world.picture.names);
export const record = (world: World) => first(name(world).records);
export const check = (world: World) => first(name(world).checks);
export const service = (world: World) => first(world.services);
export const here = (world: World) => first(service(world).regions);
export const alarm = (world: World, named: string) =>
  first(west(world).alarms?.filter((a) => a.name === named));
export const part = (world: World, kind: Part['kind'], named = '') =>
  first(west(world).cell.parts.filter((p) => p.kind === kind && p.name.endsWith(named)));
