/** Something with a label on a time axis: a band, or with `x1 === x2` a mark. In pixels. */
export interface Labelled {
  x1: number;
  x2: number;
  label: string;
}

export interface Placed<Item extends Labelled> {
  item: Item;
  /** 0 is the topmost row. */
  lane: number;
  label: string;
  labelX: number;
  /** Which end of the label stands at `labelX`. */
  anchor: 'start' | 'end';
  /** The label lies inside the band. */
  inside: boolean;
  /** The whole that it takes up, bar and label; within a lane these never overlap. */
  left: number;
  right: number;
}

/** Wider than most fonts' average, so that a label's true width is not more than this. */
const characterWidth = 0.6;
const gap = 5;
/** A mark's own half width, and a little air. */
const markGap = 8;

/** An upper estimate of a text's width; pure, since there is no font to ask here. */
export function textWidth(text: string, fontSize: number): number {
  return [...text].length * fontSize * characterWidth;
}

/**
 * Gives each item a lane, first come first served, so that neither bars nor labels overlap. A label stands inside
 * its band where it fits, else to the right of it, else to the left; it is cut where it fits nowhere.
 */
export function placeLabels<Item extends Labelled>(
  items: readonly Item[],
  bounds: { left: number; right: number; fontSize: number },
): Placed<Item>[] {
  const lanes: Placed<Item>[][] = [];
  return items
    .toSorted((a, b) => a.x1 - b.x1)
    .map((item) => {
      const spot = placeOne(item, bounds);
      const free = lanes.findIndex((lane) => lane.every((other) => apart(other, spot)));
      const lane = free === -1 ? lanes.length : free;
      const placed = { ...spot, item, lane };
      lanes[lane] = [...(lanes[lane] ?? []), placed];
      return placed;
    });
}

type Spot = Pick<Placed<Labelled>, 'label' | 'labelX' | 'anchor' | 'inside' | 'left' | 'right'>;

function placeOne(item: Labelled, bounds: { left: number; right: number; fontSize: number }): Spot {
  const { x1, x2 } = item;
  const beside = x1 === x2 ? markGap : gap;
  const roomRight = bounds.right - x2 - beside;
  const roomLeft = x1 - bounds.left - beside;
  const wide = textWidth(item.label, bounds.fontSize);
  if (wide + 2 * gap <= x2 - x1) {
    return { label: item.label, labelX: x1 + gap, anchor: 'start', inside: true, left: x1, right: x2 };
  }
  if (wide <= roomRight || roomRight >= roomLeft) {
    const label = cut(item.label, roomRight, bounds.fontSize);
    const end = x2 + beside + textWidth(label, bounds.fontSize);
    return { label, labelX: x2 + beside, anchor: 'start', inside: false, left: x1, right: end };
  }
  const label = cut(item.label, roomLeft, bounds.fontSize);
  const start = x1 - beside - textWidth(label, bounds.fontSize);
  return { label, labelX: x1 - beside, anchor: 'end', inside: false, left: start, right: x2 };
}

function cut(label: string, room: number, fontSize: number): string {
  const most = Math.floor(room / (fontSize * characterWidth));
  const characters = [...label];
  if (characters.length <= most) return label;
  return most < 2 ? '' : `${characters.slice(0, most - 1).join('')}…`;
}

function apart(a: Spot, b: Spot): boolean {
  return a.right + gap <= b.left || b.right + gap <= a.left;
}
