import type { VantageId, ZoneRound } from '@evac/core';
import type { Disturbance } from './disturbance.ts';
import type { Draw } from './draw.ts';
import type { Place } from './place.ts';
import { intervalMs, load, type World } from './world.ts';

/** The counts that the store would hold, with the answers of those nodes that nobody has to look at one by one. */
export interface Window {
  rounds: ZoneRound[];
  /** Of a zone's usual node in this round, ms. */
  latency(zone: number): number;
  drawLatency(begin: number, active: readonly Disturbance[]): void;
  /** So many nodes answered one vantage well, each once: as countRounds counts them. */
  addWell(zone: number, at: number, vantage: number, nodes: number): void;
  /** A window of rounds in which everybody answered everybody well. */
  fillBefore(index: number): void;
}

export function createWindow(world: World, place: Place, draw: Draw): Window {
  const { zones, vantages, service } = place;
  let latencies = world.zones.map((zone) => world.latencyMs * zone.latencyFactor);

  function drawLatency(begin: number, active: readonly Disturbance[]): void {
    const middle = begin + intervalMs / 2;
    const common = world.latencyMs * (0.9 + 0.1 * load(world, begin)) * Math.exp(draw.between(-0.1, 0.1));
    latencies = world.zones.map((zone, z) => {
      const ms = common * zone.latencyFactor * Math.exp(draw.between(-0.1, 0.1));
      let slow = 1;
      for (const d of active)
        if (d.zone === z && !d.nodes && d.from < middle && d.to > middle) slow = Math.max(slow, d.slow);
      return ms * slow;
    });
  }

  function wellRound(zone: number, at: number, by: readonly number[], nodes: number): ZoneRound | null {
    const name = zones[zone];
    if (!name) return null;
    return {
      zone: name,
      source: 'probe',
      at,
      total: nodes * by.length,
      failed: 0,
      nodes,
      affected: [],
      latencyMs: latencies[zone] ?? null,
      seen: by.flatMap((v) => (vantages[v] ? [{ vantage: vantages[v].id, total: nodes, failed: 0 }] : [])),
    };
  }

  const window: Window = {
    rounds: [],
    latency: (zone) => latencies[zone] ?? world.latencyMs,
    drawLatency,
    addWell(zone, at, vantage, nodes) {
      if (nodes === 0) return;
      const start = Math.floor(at / intervalMs) * intervalMs;
      const name = zones[zone];
      const before = window.rounds.findLastIndex((r) => r.zone === name && r.at === start);
      const same = window.rounds[before];
      const by = vantages[vantage]?.id;
      if (same && by) window.rounds[before] = withWell(same, by, nodes, window.latency(zone));
      else {
        const added = wellRound(zone, start, [vantage], nodes);
        if (added) window.rounds.push(added);
      }
    },
    fillBefore(index) {
      const all = vantages.map((_, v) => v);
      window.rounds = [];
      for (let i = index - service.thresholds.zoneN - 1; i < index; i++) {
        drawLatency(i * intervalMs, []);
        world.zones.forEach(({ nodes }, z) => {
          const round = wellRound(z, i * intervalMs, all, nodes);
          if (round) window.rounds.push(round);
        });
      }
    },
  };
  return window;
}

function withWell(round: ZoneRound, vantage: VantageId, nodes: number, latencyMs: number): ZoneRound {
  const seen = round.seen ?? [];
  const known = seen.some((s) => s.vantage === vantage);
  return {
    ...round,
    total: round.total + nodes,
    nodes: Math.max(round.nodes, nodes),
    latencyMs: Math.min(round.latencyMs ?? Number.POSITIVE_INFINITY, latencyMs),
    seen: known
      ? seen.map((s) => (s.vantage === vantage ? { ...s, total: s.total + nodes } : s))
      : [...seen, { vantage, total: nodes, failed: 0 }],
  };
}
