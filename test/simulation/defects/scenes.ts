import { parseDuration } from '@evac/core';
import type { Scene } from '@evac/simulation';

type Trouble = Scene['troubles'][number];
type Request = Extract<Trouble, { kind: 'request' }>;
type Fault = Extract<Trouble, { kind: 'fault' }>;

const minute = 60_000;

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

/** Of a policy: before some move, a person is asked. */
export const asksAPerson = (policy: unknown) => JSON.stringify(policy).includes('approve');

/** Of a policy: every move is made without a person. */
export const isAutomatic = (policy: unknown) => policy === 'automatic';

/** What was moved is not moved again for two minutes or more. */
export const coolsForLong = isSet('limits.cooldown', (text) => (parseDuration(`${text}`) ?? 0) >= 2 * minute);

/** Evac’s own machinery is in order. */
export const isUndisturbed = not(has('probe', 'cut-off', 'blind', 'port', 'kill', 'abort', 'straggler'));

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

/** A person empties a zone by force, and later takes the only node of the region's only other one. */
export const leavesTheLast: Shows = ({ world, troubles }) => {
  const forced = troubles.filter((t): t is Request => t.kind === 'request' && t.verb === 'force');
  return forced.some((first) => {
    const region = world.regions.find(({ zones }) => zones.some((z) => z.name === first.target));
    if (region?.zones.length !== 2 || region.nodesPerZone !== 1 || first.move !== 'evacuate-zone')
      return false;
    const other = region.zones.find((z) => z.name !== first.target)?.name;
    return forced.some(
      (t) => t.target === `${other}/0` && t.move === 'replace-node' && first.at + 60_000 < t.at,
    );
  });
};

/** None of a region's vantages is started for some minutes, and meanwhile a person ends a pause. */
export const isSilenced: Shows = (scene) =>
  silences(scene).some(({ region, from, until }) =>
    scene.troubles.some((t) => {
      if (t.kind !== 'pause' || t.region !== region) return false;
      const endsAt = t.at + t.forMs;
      return from + minute < endsAt && endsAt < until;
    }),
  );

function silences({ world, troubles }: Scene) {
  return world.regions.flatMap(({ name, zones }) => {
    const silent = [`out/${name}`, ...zones.map((z) => `in/${z.name}`)].map((vantage) =>
      troubles.find((t) => t.kind === 'probe' && t.what === 'skipped' && t.vantage === vantage),
    );
    const [first] = silent;
    if (first?.kind !== 'probe' || silent.includes(undefined)) return [];
    return [{ region: name, from: first.at, until: first.at + first.forMs }];
  });
}

/** One vantage of a region of three zones or more is blind, and another one does not reach one of its zones. */
export const isHalfBlind: Shows = ({ world, troubles }) => {
  const blind = troubles.filter((t) => t.kind === 'blind');
  const cut = troubles.filter((t) => t.kind === 'cut-off');
  if (blind.length !== 1) return false;
  return blind.every((b) =>
    cut.some((c) => {
      const near = world.regions.find(({ zones }) => zones.some((z) => z.name === c.from));
      const isIn = (vantage: string) => near?.zones.some((z) => vantage === `in/${z.name}`);
      const together = b.at < c.at + c.forMs && c.at < b.at + b.forMs;
      return (near?.zones.length ?? 0) > 2 && isIn(b.vantage) && isIn(c.vantage) && together;
    }),
  );
};

/** The launch of a replacement dies once it has taken effect. */
export const isLaunchedInDoubt: Shows = ({ troubles }) =>
  troubles.some((t) => t.kind === 'kill' && t.step === 'launch' && t.after);

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

/** A person wants back by force what was struck first, and may still be on its way out. */
export const isWantedBack: Shows = (scene) => {
  const [first] = faultsOf(scene);
  if (!first || first.target === 'world') return false;
  return scene.troubles.some(
    (t) =>
      t.kind === 'request' &&
      t.move === 'fail-back' &&
      t.verb === 'force' &&
      first.target.startsWith(t.target) &&
      first.at + minute <= t.at &&
      t.at < first.at + first.forMs + minute,
  );
};

/** Most calls of one of these ports do not succeed while a region has something to do about a fault of its own. */
export const isDeaf =
  (...ports: string[]): Shows =>
  (scene) =>
    scene.troubles.some((t) => {
      if (t.kind !== 'port' || !['throttled', 'gone'].includes(t.what) || t.share < 0.3) return false;
      const isIn = (f: Fault) => f.target !== t.region && f.target.startsWith(t.region);
      const isThen = (f: Fault) => t.at < f.at + minute && f.at + 20_000 < t.at + t.forMs;
      return ports.includes(t.port) && faultsOf(scene).some((f) => isIn(f) && isThen(f) && f.forMs > 30_000);
    });

function faultsOf({ troubles }: Scene): Fault[] {
  return troubles.filter((t) => t.kind === 'fault');
}

const zoneOf = ({ target }: Fault) => target.split('/')[0];

/**
 * A small world whose vantages do not ask too often, and whose troubles do not last too long: it shows what a large one
 * does. What each round costs is the nodes of every region for each of its vantages.
 */
export const isCheap: Shows = ({ world, troubles }) => {
  const asked = world.regions.reduce(
    (sum, { zones, nodesPerZone }) => sum + zones.length ** 2 * nodesPerZone,
    0,
  );
  const lasts = Math.max(0, ...troubles.map((t) => t.at + ('forMs' in t ? t.forMs : 0)));
  const intervalMs = parseDuration(`${Object(world.service.timing).interval}`) ?? minute;
  return asked / (intervalMs / 1_000) <= 2.5 && asked <= 27 && lasts <= 12 * minute;
};
