import type { IncidentId } from '@evac/core';

/** The store in a few lines: what each call answers, and what it leaves. Copies everything; quick enough for a test. */
export interface State {
  lease: { holder: IncidentId; token: number; expiresAt: number } | null;
  incidents: Record<string, { open: boolean; texts: string[] }>;
  health: { version: number; label: string };
}

export type Call =
  | { op: 'pass'; ms: number }
  | { op: 'open' | 'close' | 'read' | 'acquire'; id: IncidentId; ttlMs: number; label: string }
  | { op: 'release' | 'record'; id: IncidentId; token: number; ttlMs: number; label: string }
  | { op: 'readHealth' }
  | { op: 'writeHealth'; version: number; label: string };

/** What a caller can tell apart; a refusal is its code. */
export type Result = string | number | boolean | null;

export function firstState(): State {
  return { lease: null, incidents: {}, health: { version: 0, label: '' } };
}

/** `now`: what the caller's clock says, from which leases count. */
export function step(before: State, call: Call, now: number): { state: State; result: Result } {
  const state = structuredClone(before);
  return { result: perform(state, call, now), state };
}

function perform(state: State, call: Call, now: number): Result {
  const { lease, health } = state;
  const held = (token: number) => lease !== null && lease.token === token && lease.expiresAt > now;
  switch (call.op) {
    case 'pass':
      return null;
    case 'open': {
      if (state.incidents[call.id]) return false;
      state.incidents[call.id] = { open: true, texts: [] };
      return true;
    }
    case 'close': {
      const incident = state.incidents[call.id];
      if (!incident) return 'not-found';
      if (incident.open) incident.texts.push(call.label);
      incident.open = false;
      return null;
    }
    case 'read': {
      const incident = state.incidents[call.id];
      if (!incident) return null;
      const events = incident.texts.map((text, i) => `${i + 1}:${text}`).join();
      return `${incident.open ? 'open' : 'closed'} ${events}`;
    }
    case 'acquire': {
      if (lease && lease.holder !== call.id && lease.expiresAt > now) return null;
      const token = (lease?.token ?? 0) + 1;
      state.lease = { holder: call.id, token, expiresAt: now + call.ttlMs };
      return token;
    }
    case 'release':
      if (lease && held(call.token)) lease.expiresAt = now;
      return null;
    case 'record': {
      if (!lease || !held(call.token)) return 'stale-token';
      const incident = state.incidents[call.id];
      if (!incident) return 'not-found';
      lease.expiresAt = now + call.ttlMs;
      return incident.texts.push(call.label);
    }
    case 'readHealth':
      return `${health.version} ${health.label}`;
    case 'writeHealth':
      if (call.version !== health.version) return false;
      state.health = { version: call.version + 1, label: call.label };
      return true;
  }
}
