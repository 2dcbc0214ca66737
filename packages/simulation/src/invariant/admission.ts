import type { Incident, RegionName } from '@evac/core';
import type { Call, Process } from '../contract.ts';
import { type Ended, isCall, succeeded } from './call.ts';
import type { Ledger } from './ledger.ts';

/** A move that is let through at this moment: at Admit, or once more after a person approved. */
export interface Admission {
  incident: Incident;
  by: Process;
  region: RegionName;
  at: number;
  /**
   * What was so before this, the process could know: when it last read its store's incidents. A process that read
   * nothing has no excuse, and is held to what is so now.
   */
  knewAt: number;
}

/** Called after the ledger has noted the call. */
export function admissionIn(ledger: Ledger, call: Call, ended: Ended): Admission | null {
  if (!isCall(call, 'store', 'record') || !succeeded(ended, call)) return null;
  const { step, phase } = call.ask.event;
  if (phase !== 'done' || (step !== 'admit' && step !== 'await-approval')) return null;
  const incident = ledger.incident(call.region, call.ask.id);
  if (!incident) return null;
  const { by, region, at } = call;
  return { incident, by, region, at, knewAt: ledger.calledAt(by, 'incidents') ?? at };
}
