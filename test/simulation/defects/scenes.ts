import type { Scene } from '@evac/simulation';

type Trouble = Scene['troubles'][number];
type Fault = Extract<Trouble, { kind: 'fault' }>;

/** Which scenes may show a defect: cheap to say from the drawing, and it saves playing the others. */
export type Shows = (scene: Scene) => boolean;

export const has =
  (...kinds: Trouble['kind'][]): Shows =>
  ({ troubles }) =>
    troubles.some((t) => kinds.includes(t.kind));

export const hasRegions =
  (least: number): Shows =>
  ({ world }) =>
    world.regions.length >= least;

/** A setting as it was drawn: `limits.breakerAfter`. */
export const isSet =
  (path: string, holds: (value: unknown) => boolean = (value) => value !== undefined): Shows =>
  ({ world }) =>
    holds(path.split('.').reduce<unknown>((value, key) => Object(value)[key], world.service));

export const isStruckBy =
  (...names: Fault['name'][]): Shows =>
  (scene) =>
    faultsOf(scene).some((f) => names.includes(f.name));

export const both =
  (...all: Shows[]): Shows =>
  (scene) =>
    all.every((shows) => shows(scene));

const not =
  (shows: Shows): Shows =>
  (scene) =>
    !shows(scene);

/** Evac’s own machinery is in order. */
export const isUndisturbed = not(has('probe', 'cut-off', 'port', 'kill', 'abort'));

/** Two nodes fail for minutes at the same time, in different zones of a small region. */
export const failsTogether: Shows = (scene) => {
  const found = ['node-crash', 'gpu-error', 'network-isolation', 'garbage-answers', 'stream-stall'];
  const faults = faultsOf(scene).filter((f) => found.includes(f.name));
  return faults.some((a) =>
    faults.some((b) => {
      const [here, there] = [zoneOf(a), zoneOf(b)];
      const region = scene.world.regions.find(({ zones }) => zones.some((z) => z.name === here));
      const near = here !== there && region?.zones.some((z) => z.name === there);
      const size = (region?.nodesPerZone ?? 0) * (region?.zones.length ?? 0);
      return near && size <= 4 && a.at <= b.at && b.at + 60_000 < Math.min(a.at + a.forMs, b.at + b.forMs);
    }),
  );
};

/** A zone is out or about to be, and later a node of another of its region’s two fails. */
export const failsAfterZone: Shows = (scene) => {
  const faults = faultsOf(scene);
  const nodes = faults.filter((f) => f.target.includes('/'));
  const zones = [
    ...faults.filter((f) => ['zone-loss', 'zone-grey', 'zone-slow'].includes(f.name)),
    ...scene.troubles.filter((t) => t.kind === 'request' && t.move === 'evacuate-zone'),
  ];
  return nodes.some((node) => {
    const region = scene.world.regions.find(({ zones: own }) => own.some((z) => z.name === zoneOf(node)));
    if (region?.zones.length !== 2) return false;
    const other = region.zones.find((z) => z.name !== zoneOf(node))?.name;
    return zones.some((z) => 'target' in z && z.target === other && z.at + 60_000 < node.at);
  });
};

/** A region is lost while something fails in another one. */
export const failsWithRegion: Shows = (scene) => {
  const faults = faultsOf(scene);
  const lost = faults.filter((f) => f.name === 'region-loss' && f.forMs > 30_000);
  return lost.some((l) =>
    faults.some(
      (f) =>
        f.target !== 'world' &&
        !f.target.startsWith(l.target) &&
        f.at - 60_000 < l.at &&
        l.at < f.at + f.forMs,
    ),
  );
};

/** A person asks for a move of what has been failing for a while. */
export const isAskedAgain: Shows = ({ troubles }) =>
  troubles.some(
    (t) =>
      t.kind === 'request' &&
      troubles.some((f) => f.kind === 'fault' && f.target === t.target && f.at + 20_000 < t.at),
  );

/** Calls of one of these ports go wrong. */
export const isReached =
  (...ports: string[]): Shows =>
  ({ troubles }) =>
    troubles.some(
      (t) => t.kind === 'port' && ['throttled', 'gone', 'lost'].includes(t.what) && ports.includes(t.port),
    );

function faultsOf({ troubles }: Scene): Fault[] {
  return troubles.filter((t) => t.kind === 'fault');
}

const zoneOf = ({ target }: Fault) => target.split('/')[0];

/** What every region's vantages ask each round: all of its nodes. A small world shows what a large one does. */
export const isSmall: Shows = ({ world }) =>
  world.regions.reduce((sum, { zones, nodesPerZone }) => sum + zones.length ** 2 * nodesPerZone, 0) <= 36;
