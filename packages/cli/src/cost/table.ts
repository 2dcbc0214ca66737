import type { ServiceSettings } from '@evac/core';
import { type Cell, lateShare, round, sum } from './fleet.ts';
import { type Line, line, minutes, seconds } from './line.ts';
import { checkerRequests, switchesOf } from './switches.ts';

/** What `npm run bench:store` measures: bytes of an item, and of each outcome or target in it. */
const observation = { item: 440, each: 18.5 };
const health = { item: 450, each: 62 };
/** The counts of one zone. */
const roundsBytes = 300;
/** The list of what to ask. */
const targetBytes = 40;

/** A switch reads the table once in so many seconds (functions/lib/switch-handler.ts). */
const switchSeconds = 3;
/** Parts of health go a day after they were written, and DynamoDB takes a day or two more for it. */
const keptSeconds = 3 * 86_400;
/** A tick reads incidents, pauses, observations and the other regions' health. */
const tickReads = 40;
/** How often a function looks who has joined by tags, in a minute (functions/lib/joined.ts). */
const joinedReads = 4;

/** What a cell's table is asked and keeps: one write unit a kilobyte begun, one read unit four. */
export function tableLines(cell: Cell): Line[] {
  const { region, here, vantages, observations } = cell;
  const writes = here.map((service) => writesOf(cell, service));
  const told = sum(writes, (w) => w.observations);
  const judged = sum(writes, (w) => w.health);
  const listReads = sum(here, (s) => units(200 + (cell.nodesOf(s) + s.regions.length) * targetBytes, 4_096));
  const rounds = sum(here, (s) => ((cell.zones * cell.shards + 1) * 1_000) / s.timing.intervalMs);
  const switches = switchesOf(cell);
  const switchReads = switches * Math.min(checkerRequests, 1 / switchSeconds);
  const gigabytes = (sum(writes, (w) => w.bytes) * keptSeconds) / 1e9;
  return [
    line(
      'table, written',
      region,
      'tableWrites',
      (told + judged) * seconds,
      `${round(told)} units a second of observations, ${round(judged)} of health, once an interval while all is well`,
    ),
    line(
      'table, read',
      region,
      'tableReads',
      (observations * (listReads + 1) + rounds * listReads + switchReads) * seconds +
        (tickReads * here.length + joinedReads * (vantages + 2)) * minutes,
      `targets and health of each judgement, targets of each round, ${switches} switch(es) every ${switchSeconds} s, and ${tickReads} units a tick`,
    ),
    line(
      'table, kept',
      region,
      'tableStorage',
      gigabytes,
      'parts of health, for a day, and until DynamoDB takes them',
    ),
    line(
      'table, backed up',
      region,
      'tableBackup',
      gigabytes,
      'the same, for any second of the last 35 days',
    ),
  ];
}

/** Of one service, while all is well: write units a second, and the bytes that stay for a while. */
function writesOf(cell: Cell, service: ServiceSettings) {
  const perSecond = 1_000 / service.timing.intervalMs;
  const [own, outside] = [cell.nodesOf(service), service.regions.length];
  const { zones, shards } = cell;
  const observed = (targets: number) => units(observation.item + targets * observation.each, 1_024);
  const part = (targets: number) => health.item + targets * health.each;
  const counts = cell.zonesOf(service) * roundsBytes;
  // One that is told by itself is a handful of outcomes.
  const late = service.deep ? lateShare * (zones * shards + 1) : 0;
  const head = 1;
  return {
    observations: perSecond * (zones * shards * observed(own / shards) + observed(outside) + late),
    health:
      perSecond *
      (zones * units(part(own), 1_024) + units(part(outside), 1_024) + units(counts, 1_024) + head),
    bytes: perSecond * (zones * part(own) + part(outside) + counts),
  };
}

/** DynamoDB counts by what is begun. */
function units(bytes: number, of: number): number {
  return Math.ceil(bytes / of);
}
