import { type RegionName, type ServiceName, serviceName } from '../ids.ts';
import type { ServiceRegion, ServiceSettings } from '../settings.ts';
import { mistakesOf } from './mistakes.ts';
import type { Complaint, JoinedService, TaggedGroup } from './tagged-group.ts';
import { type Declared, nameLike, readTags, serviceTag } from './tags.ts';

/** What of a service in evac.config.ts matters here: it wins. */
export type Configured = Pick<ServiceSettings, 'name' | 'regions'>;

/** Every one is judged each minute, and kept in the table: what tags a thousand groups by mistake must not stop the rest. */
const most = 100;

interface Member {
  group: TaggedGroup;
  declared: Declared;
}

/**
 * The services that a region's groups declare by their tags, and what of the tags makes no sense. Of more than 100, those
 * that have `joined` before stay, and the others go by their names. A service of which anything makes no sense is observed whatever its policy says: half of a declaration is not
 * what its owner meant.
 */
export function joinServices(
  region: RegionName,
  groups: readonly TaggedGroup[],
  configured: readonly Configured[],
  joined: readonly ServiceName[] = [],
): { services: JoinedService[]; complaints: Complaint[] } {
  const members = groups
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((group) => ({ group, declared: readTags(group) }));
  const owners = members.map((member) => ({ member, owner: ownerOf(member.group, region, configured) }));
  const twice = owners.flatMap(({ member, owner }) => (owner ? claimedTwice(member, owner) : []));
  const free = nameAll(
    owners.flatMap(({ member, owner }) => (owner ? [] : [member])),
    configured,
  );
  const first = new Set(joined);
  const declared = [...Map.groupBy(free, ({ name }) => name)].toSorted(
    ([a], [b]) => Number(first.has(b)) - Number(first.has(a)) || (a < b ? -1 : 1),
  );
  const found = declared.slice(0, most).map(([name, of]) => join(name, region, of));
  return {
    services: found.map(({ service }) => service),
    complaints: [
      ...twice,
      ...found.flatMap(({ complaints }) => complaints),
      ...declared.slice(most).flatMap(([name, of]) => tooMany(name, of)),
    ],
  };
}

/** The configured service that has the group already, in this region. */
function ownerOf(
  group: TaggedGroup,
  region: RegionName,
  configured: readonly Configured[],
): Configured | null {
  const has = (r: ServiceRegion) => r.region === region && r.groups.includes(group.name);
  return configured.find(({ regions }) => regions.some(has)) ?? null;
}

function claimedTwice({ group, declared }: Member, owner: Configured): Complaint[] {
  if (declared.service === owner.name) return [];
  const tag = `${serviceTag} ${JSON.stringify(group.tags.get(serviceTag))}`;
  const sentence = `${tag}: the group belongs to ${owner.name} in evac.config.ts, which wins; no tag, or another group, would be right`;
  return [{ service: owner.name, group: group.name, sentence }];
}

function tooMany(service: ServiceName, members: readonly Named[]): Complaint[] {
  const sentence = `${serviceTag} "${service}" is one too many: ${most} services have joined in this region, and no more do; a service of evac.config.ts would be right`;
  return members.map(({ group }) => ({ service, group: group.name, sentence }));
}

interface Named extends Member {
  name: ServiceName;
  complaints: string[];
}

/** Under the service it declares; by itself where that is no name, or the config has it. */
function nameAll(members: readonly Member[], configured: readonly Configured[]): Named[] {
  const ofConfig = new Set<string>(configured.map(({ name }) => name));
  const taken = new Set(members.flatMap(({ declared }) => declared.service ?? []).concat([...ofConfig]));
  return members.map((member) => {
    const { service, complaints } = member.declared;
    if (service !== null && !ofConfig.has(service))
      return { ...member, name: serviceName(service), complaints };
    const name = aloneName(member.group.name, taken);
    taken.add(name);
    if (service === null) return { ...member, name: serviceName(name), complaints };
    const conflict = `${serviceTag} "${service}" is a service of evac.config.ts, which names its groups itself and wins; the group's name there, or another service here, would be right`;
    return { ...member, name: serviceName(name), complaints: [conflict, ...complaints] };
  });
}

/** The group's own name, as a service's; the double hyphen keeps it apart from what a person would choose. */
function aloneName(group: string, taken: ReadonlySet<string>): string {
  const name = nameLike(group.slice(0, 24)) ?? 'group';
  for (let nth = 1; ; nth++) {
    const candidate = `${name}--${nth === 1 ? 'tag' : nth}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function join(
  name: ServiceName,
  region: RegionName,
  members: readonly Named[],
): { service: JoinedService; complaints: Complaint[] } {
  const complaints = members.flatMap(({ group, complaints }) =>
    complaints.map((sentence): Complaint => ({ service: name, group: group.name, sentence })),
  );
  /** What the groups say with one voice; the first that says anything is right until they are mended. */
  const agreed = <Value>(tag: string, read: (member: Named) => Value | null): Value | null => {
    const saying = members.filter((member) => read(member) !== null);
    const [first, ...rest] = saying;
    const other = first && rest.find((member) => read(member) !== read(first));
    if (first && other) {
      const sentence = `${tag} ${JSON.stringify(read(other))} contradicts ${JSON.stringify(read(first))} of the group ${first.group.name}, and both are ${name}; one of them would be right`;
      complaints.push({ service: name, group: other.group.name, sentence });
    }
    return first ? read(first) : null;
  };
  const targetGroups = members.flatMap(({ group }) => group.targetGroups);
  const said = {
    preset: agreed('evac:preset', ({ declared }) => declared.preset),
    model: agreed('evac:model', ({ declared }) => declared.model),
    port: agreed('evac:port', ({ declared }) => declared.port),
    role: agreed('evac:role', ({ declared }) => declared.role),
    policy: agreed('evac:policy', ({ declared }) => declared.policy),
    endpoint: agreed('evac:endpoint', ({ declared }) => declared.endpoint),
  };
  const ports = new Set(targetGroups.map((t) => t.port));
  const [port] = ports;
  const [listening] = targetGroups;
  const service: JoinedService = {
    name,
    region,
    groups: members.map(({ group }) => group.name),
    zones: zonesOf(members),
    endpoint: said.endpoint ?? targetGroups.flatMap((t) => t.endpoints).toSorted()[0] ?? '',
    preset: said.preset,
    model: said.model,
    port: said.port ?? (ports.size === 1 ? (port ?? null) : null),
    health: listening?.health ?? null,
    standby: said.role === 'standby',
    policy: said.policy ?? 'observe',
  };
  const [head] = members;
  if (head && complaints.length === 0) {
    const mistakes = mistakesOf(service, targetGroups);
    complaints.push(...mistakes.map((sentence) => ({ service: name, group: head.group.name, sentence })));
  }
  return complaints.length === 0
    ? { service, complaints }
    : { service: { ...service, policy: 'observe' }, complaints };
}

function zonesOf(members: readonly Named[]): ServiceRegion['zones'] {
  const zones = new Map(members.flatMap(({ group }) => group.zones).map((zone) => [zone.name, zone]));
  return [...zones.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
