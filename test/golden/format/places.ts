import { nodeId, regionName, type Subject, vantageId, zoneId, zoneName } from '@evac/core';
import type { CaseWorld } from './case-world.ts';

const regionNames = ['us-west-2', 'us-east-1', 'eu-west-1', 'ap-northeast-1'];
const shortNames = ['usw2', 'use1', 'euw1', 'apne1'];
const letters = ['a', 'b', 'c', 'd', 'e', 'f'];

/** The regions of the case's world, each with its zones, in the config's order. */
export function placesOf({ world = {} }: CaseWorld) {
  const { regions = 2, zones = 3 } = world;
  return regionNames.slice(0, regions).map((name, r) => ({
    region: regionName(name),
    zones: letters.slice(0, zones).map((letter, z) => ({
      letter,
      name: zoneName(`${name}${letter}`),
      id: zoneId(`${shortNames[r]}-az${z + 1}`),
    })),
  }));
}

/** The cell's own region: its zones, its nodes (i-a1, i-a2, i-b1 …) and its vantages. */
export function homeOf(world: CaseWorld) {
  const cell = world.cell ?? 'us-west-2';
  const place = placesOf(world).find((p) => p.region === cell);
  if (!place) throw new Error(`cell "${cell}" is no region of this world`);
  const count = world.world?.nodes ?? 2;
  const nodes = place.zones.flatMap((zone) =>
    Array.from({ length: count }, (_, i) => ({ id: nodeId(`i-${zone.letter}${i + 1}`), zone: zone.name })),
  );
  const inside = place.zones.map(({ letter, name }) => ({
    letter,
    id: vantageId(`in/${name}`),
    region: place.region,
    zone: name,
  }));
  const outside = { letter: 'out', id: vantageId(`out/${cell}`), region: place.region, zone: null };
  return { ...place, nodes, inside, vantages: [...inside, outside] };
}

/** "i-a1" and "us-west-2a" of the cell, "us-east-1", or a whole path such as "us-east-1/us-east-1a/i-x". */
export function subjectOf(text: string, world: CaseWorld): Subject {
  const [first = '', zone, node] = text.split('/');
  const home = homeOf(world);
  const known = home.nodes.find((n) => n.id === text);
  if (known) return { kind: 'node', region: home.region, zone: known.zone, node: known.id };
  if (zone && node)
    return { kind: 'node', region: regionName(first), zone: zoneName(zone), node: nodeId(node) };
  if (zone) return { kind: 'zone', region: regionName(first), zone: zoneName(zone) };
  if (placesOf(world).some((p) => p.region === text)) return { kind: 'region', region: regionName(text) };
  if (home.zones.some((z) => z.name === text))
    return { kind: 'zone', region: home.region, zone: zoneName(text) };
  throw new Error(`"${text}" is no node, zone or region of this world`);
}
