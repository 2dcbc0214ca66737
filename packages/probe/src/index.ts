export { boundedRound, type RoundMeans } from './bounded-round.ts';
export { createProbe, type ProbeOptions } from './create-probe.ts';
export { seesTheWorld } from './sees-the-world.ts';
export { type Watch, watch } from './vantage.ts';
