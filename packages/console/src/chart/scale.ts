/** Maps values onto pixels, with the values worth a label. */
export interface Scale {
  at(value: number): number;
  ticks: number[];
}

/** From 0 to a round number at or above `max`, drawn from `from` to `to` pixels. */
export function linearScale(max: number, from: number, to: number, wanted = 4): Scale {
  const step = niceStep(Math.max(max, 1e-9) / wanted);
  const top = step * Math.max(1, Math.ceil(max / step - 1e-9));
  return {
    at: (value) => from + ((to - from) * value) / top,
    ticks: multiples(step, top),
  };
}

/** Decades from the one at or below `min` to the one at or above `max`; what lies outside is drawn at the edge. */
export function logScale(min: number, max: number, from: number, to: number): Scale {
  const low = Math.floor(Math.log10(Math.max(min, 1)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(max, 1)) - 1e-9));
  return {
    at: (value) => {
      const share = (Math.log10(Math.max(value, 1e-9)) - low) / (high - low);
      return from + (to - from) * Math.min(1, Math.max(0, share));
    },
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
  };
}

/** Time from 0 to exactly `max` ms, with ticks at round times no closer than `minGap` pixels. */
export function timeScale(max: number, from: number, to: number, minGap: number): Scale {
  const span = Math.max(max, 1);
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];
  const perMs = (to - from) / span;
  const step = (steps.find((seconds) => seconds * 1_000 * perMs >= minGap) ?? 86_400 * 7) * 1_000;
  return { at: (value) => from + value * perMs, ticks: multiples(step, span) };
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((nice) => nice * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function multiples(step: number, top: number): number[] {
  return Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, index) => index * step);
}
