import { approval } from './approval.ts';
import { blastRadius } from './blast-radius.ts';
import { breaker } from './breaker.ts';
import { capacity } from './capacity.ts';
import { contrast } from './contrast.ts';
import { cooldown } from './cooldown.ts';
import { fleet } from './fleet.ts';
import { freshness } from './freshness.ts';
import type { Guard } from './guard.ts';
import { lastOneStanding } from './last-one-standing.ts';
import { lease } from './lease.ts';
import { maintenance } from './maintenance.ts';
import { ownership } from './ownership.ts';
import { paused } from './paused.ts';
import { quorum } from './quorum.ts';
import { readiness } from './readiness.ts';
import { subsumed } from './subsumed.ts';

/** In the order in which a person would want to hear of them; the first objection is the refusal. */
export const guards: readonly Guard[] = [
  ownership,
  paused,
  maintenance,
  freshness,
  fleet,
  quorum,
  subsumed,
  lease,
  cooldown,
  breaker,
  blastRadius,
  lastOneStanding,
  capacity,
  readiness,
  contrast,
  approval,
];
