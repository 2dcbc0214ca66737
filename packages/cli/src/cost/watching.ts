import { moveNames } from '@evac/core';
import { type Cell, sum } from './fleet.ts';
import { type Line, line, minutes } from './line.ts';

/** Of each load balancer's target group, every minute; and of each of its zones, where requests fail. */
const signs = 2;
const counts = 4;
/** Assumed: in so many minutes a request has failed, in the last four. */
const failingShare = 0.1;

/** Of one zone, always: its healthy nodes, and how fast they generate. What is not well is sent while it is not. */
const zoneMetrics = 2;

/** Of Evac itself, in metrics: decide's silence, errors and lateness, and its and the switch's throttles. A vantage has its silence. */
const judge = 3 + 2;
const executions = 3 * moveNames.length;
/** Judgements, trouble, dead letters, the table's throttles (2) and errors (3). */
const others = 1 + 1 + 1 + 2 + 3;
/** Of each service: an endpoint down, healthy share, saturation, the breaker, vantages that tell nothing. */
const ofService = 5;
/** Of each of its zones: impaired, success, nodes; and slow, where it generates. */
const ofZone = 3;

/** Bytes: a line of metrics for each zone. */
const logBytes = 1_000;

/** What CloudWatch is sent, keeps an eye on, and is asked. */
export function watchingLines(cell: Cell): Line[] {
  const { region, here, vantages } = cell;
  const zones = sum(here, (s) => cell.zonesOf(s));
  const generating = sum(here, (s) => (s.deep ? cell.zonesOf(s) : 0));
  const constant = judge + executions + others;
  return [
    line(
      'load balancer counts, read',
      region,
      'metricsRead',
      (signs * here.length + failingShare * counts * zones) * minutes,
      `${signs} metrics of each service every minute, ${counts} of each zone in one minute of ten (assumed); one target group each`,
    ),
    line(
      'metrics',
      region,
      'metrics',
      (zoneMetrics - 1) * zones + generating,
      `${here.length} service(s): ${zoneMetrics} of each zone; more in hours in which something is not well`,
    ),
    line(
      'alarms',
      region,
      'alarms',
      ofService * here.length + ofZone * zones + generating + vantages + constant,
      `${here.length} service(s): ${ofService} metrics, and ${ofZone + 1} of each zone; one of each vantage; ${constant} of Evac itself`,
    ),
    line(
      'alarms that join others',
      region,
      'compositeAlarms',
      here.length + zones,
      'one of each service, and of each of its zones',
    ),
    line(
      'logs',
      region,
      'logs',
      (zones * minutes * logBytes) / 1e9,
      `${logBytes / 1_000} KB of each zone, every minute; nothing of a run that went well`,
    ),
  ];
}
