import { drawScene, invariants, runScene, type Scene } from '@evac/simulation';
import type { Defect } from './defect.ts';
import { isCheap } from './scenes.ts';

export interface Catch {
  defect: string;
  what: string;
  /** The first seed that was looked at. */
  from: number;
  /** The rule that noticed; null if none did. */
  rule: string | null;
  /** How many seeds were looked at, the one that shows it included. */
  seeds: number;
  /** Of these, how many were played: in the others it cannot show, or their worlds are large. */
  played: number;
  within: number;
  seed: number | null;
  text: string | null;
}

export interface Hunt {
  from: number;
  /** In place of the defect's own limit. */
  within?: number;
  /** Before each scene that is played. */
  onPlay?(seed: number, played: number): void;
}

const rules = new Map(invariants.map((make) => [make().name, make()]));

/** Plays seed after seed with the defect until a rule notices that would not have without it. */
export async function hunt(defect: Defect, { from, within = defect.within, onPlay }: Hunt): Promise<Catch> {
  const { name, what, caughtBy, shows } = defect;
  const unknown = caughtBy.filter((rule) => !rules.has(rule));
  if (unknown.length > 0 || caughtBy.length === 0)
    throw new Error(`${name}: there is no rule ${unknown.join(', ') || 'that is to notice it'}`);
  const about = { defect: name, what, from, within };
  let played = 0;
  for (let seed = from; seed < from + within; seed += 1) {
    const scene = drawScene(seed);
    if (!isCheap(scene) || !(shows?.(scene) ?? true)) continue;
    played += 1;
    onPlay?.(seed, played);
    const noticed = await notice(defect, scene);
    if (noticed)
      return {
        ...about,
        rule: noticed.invariant,
        seeds: seed - from + 1,
        played,
        seed,
        text: noticed.text,
      };
  }
  return { ...about, rule: null, seeds: within, played, seed: null, text: null };
}

/**
 * The first violation that is the defect's doing: of a rule that is there to notice it, and that the same scene does not
 * break without it. Quiet time is played only for rules that look at its end.
 */
async function notice({ caughtBy, parts }: Defect, scene: Scene) {
  const wanted = ({ invariant }: { invariant: string }) => caughtBy.includes(invariant);
  const withoutQuiet = !caughtBy.some((rule) => rules.get(rule)?.end);
  const flawed = await runScene(scene, { invariants, parts: parts(), isEnough: wanted, withoutQuiet });
  const noticed = flawed.violations.filter(wanted);
  if (noticed.length === 0) return null;
  const sound = await runScene(scene, { invariants });
  const anyway = new Set(sound.violations.map((v) => v.invariant));
  return noticed.find((v) => !anyway.has(v.invariant)) ?? null;
}
