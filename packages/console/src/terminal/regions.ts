import type { Glyphs } from './glyphs.ts';
import { columnsOf, fit, type Line, plain, type Span } from './line.ts';
import type { LiveNodeState, LiveRegion, LiveZone } from './live-view.ts';

const looks: Record<LiveNodeState, NonNullable<Span['look']>> = {
  healthy: 'green',
  saturated: 'yellow',
  failing: 'yellow',
  dead: 'red',
  starting: 'cyan',
  draining: 'magenta',
  evacuated: 'gray',
  unknown: 'gray',
};

const narrowest = 36;

/** Regions beside each other where there is room, each with its zones and their nodes, and what the signs mean. */
export function regionLines(regions: readonly LiveRegion[], columns: number, glyphs: Glyphs): Line[] {
  const beside = Math.max(1, Math.min(regions.length, Math.floor(columns / narrowest)));
  const width = Math.floor(columns / beside);
  const lines: Line[] = [];
  for (let from = 0; from < regions.length; from += beside) {
    const blocks = regions.slice(from, from + beside).map((region) => block(region, width, glyphs));
    const height = Math.max(...blocks.map((each) => each.length));
    for (let row = 0; row < height; row += 1) {
      lines.push(blocks.flatMap((each) => each[row] ?? [{ text: ' '.repeat(width) }]));
    }
  }
  return [...lines, legend(regions, glyphs)];
}

function block(region: LiveRegion, width: number, glyphs: Glyphs): Line[] {
  const [state, look] = stateOf(region);
  const name = plain(region.name);
  const head = fit(`${name}  weight ${region.weight}  ${state}`, width, glyphs.ellipsis);
  const label = Math.max(0, ...region.zones.map((zone) => columnsOf(plain(zone.name)))) + 2;
  return [
    [
      { text: head.slice(0, name.length), look: 'bold' },
      { text: head.slice(name.length), look },
    ],
    ...region.zones.map((zone) => zoneLine(zone, { width, label, glyphs })),
  ];
}

function stateOf(region: LiveRegion): [string, NonNullable<Span['look']>] {
  if (region.switchedOff) return ['switched off', 'red'];
  return region.answered ? ['in DNS', 'green'] : ['not in DNS', 'gray'];
}

function zoneLine(zone: LiveZone, box: { width: number; label: number; glyphs: Glyphs }): Line {
  const { width, label, glyphs } = box;
  const name = fit(`  ${plain(zone.name)}`, Math.min(label + 2, width), glyphs.ellipsis);
  const note = zone.evacuated ? 'evacuated' : '';
  // Two columns a node, and the last two for the gap to the next region.
  const room = Math.max(1, Math.floor((width - columnsOf(name) - 2 - note.length) / 2));
  const shown = zone.nodes.length <= room ? zone.nodes : zone.nodes.slice(0, Math.max(0, room - 3));
  const more = zone.nodes.length - shown.length;
  const rest = [more > 0 ? `+${more} ` : '', note].join('');
  const used = columnsOf(name) + 2 * shown.length;
  return [
    { text: name, look: zone.evacuated ? 'gray' : 'dim' },
    ...shown.map(({ state }) => ({ text: `${glyphs.node[state]} `, look: looks[state] })),
    { text: fit(rest, Math.max(0, width - used), glyphs.ellipsis), look: 'yellow' },
  ];
}

function legend(regions: readonly LiveRegion[], glyphs: Glyphs): Line {
  const present = new Set(
    regions.flatMap((region) => region.zones.flatMap((zone) => zone.nodes.map((node) => node.state))),
  );
  const states = Object.keys(looks).filter((state) => isState(state) && present.has(state));
  return states.flatMap((state) =>
    isState(state)
      ? [
          { text: `${glyphs.node[state]} `, look: looks[state] },
          { text: `${state}  `, look: 'dim' as const },
        ]
      : [],
  );
}

function isState(state: string): state is LiveNodeState {
  return state in looks;
}
