import type { Invariant } from '../contract.ts';
import { anotherStands } from './another-stands.ts';
import { asConfigured } from './as-configured.ts';
import { blastRadius } from './blast-radius.ts';
import { breaker } from './breaker.ts';
import { capacityLeft } from './capacity-left.ts';
import { closes } from './closes.ts';
import { doneOnce } from './done-once.ts';
import { evidence } from './evidence.ts';
import { heirAnswers } from './heir-answers.ts';
import { informed } from './informed.ts';
import { leaseHeld } from './lease-held.ts';
import { liveness } from './liveness.ts';
import { maintenance } from './maintenance.ts';
import { moveRate } from './move-rate.ts';
import { neverDrained } from './never-drained.ts';
import { noFlapping } from './no-flapping.ts';
import { nobodysFault } from './nobodys-fault.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { ownership } from './ownership.ts';
import { paused } from './paused.ts';
import { policyKept } from './policy-kept.ts';
import { putBack } from './put-back.ts';
import { readyTarget } from './ready-target.ts';
import { recordFirst } from './record-first.ts';
import { roomFirst } from './room-first.ts';
import { staysInScope } from './stays-in-scope.ts';
import { subsumed } from './subsumed.ts';
import { together } from './together.ts';
import { weights } from './weights.ts';

/** Every rule that must hold whatever happens; each is made anew for each scene. */
export const invariants: (() => Invariant)[] = [
  leaseHeld,
  recordFirst,
  staysInScope,
  doneOnce,
  neverDrained,
  weights,
  paused,
  maintenance,
  policyKept,
  ownership,
  informed,
  evidence,
  nobodysFault,
  together,
  noFlapping,
  breaker,
  moveRate,
  blastRadius,
  capacityLeft,
  anotherStands,
  readyTarget,
  heirAnswers,
  subsumed,
  oneAtATime,
  roomFirst,
  closes,
  putBack,
  asConfigured,
  liveness,
];
