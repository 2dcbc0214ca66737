export { boundedRound, type RoundMeans } from './bounded-round.ts';
export { createProbe, type ProbeOptions } from './create-probe.ts';
export { type Memory, newMemory } from './memory.ts';
export { type Watch, watchRound } from './round.ts';
export { seesTheWorld } from './sees-the-world.ts';
export { watch } from './vantage.ts';
