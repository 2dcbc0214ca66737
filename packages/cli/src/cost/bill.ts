import { type Cell, cellOf, type Fleet, regionsOf, round, sum } from './fleet.ts';
import { type Line, line, minutes, seconds } from './line.ts';
import { probeRuns } from './probe-runs.ts';
import { dnsLines, switchLines } from './switches.ts';
import { tableLines } from './table.ts';
import { watchingLines } from './watching.ts';

/**
 * How long a judgement runs that finds everything in order, in seconds: 5.3 ms of a core (`npm run bench:store`), of which 512 MB
 * have 0.29, and four calls of the table of 5 ms each, which are assumed until measured on AWS.
 */
const judgementSeconds = 0.0053 / 0.29 + 4 * 0.005;
/** Assumed: a tick, which reads everything; and a look at all tags. */
const tickSeconds = 1;
/** One question over a fresh connection, in plain text: handshake, question, answer. Bytes, both ways. */
const questionBytes = 1_000;
/** A generation streams some tokens, and the server's counters are read with it (assumed: 40 KB, a tenth of it compressed). */
const generationBytes = 3_000 + 4_000;

/** The month's bill for a fleet in which nothing happens: what failovers add is cents. */
export function bill(fleet: Fleet): Line[] {
  return [
    ...regionsOf(fleet).flatMap((region) => regionLines(fleet, cellOf(fleet, region))),
    ...jointLines(fleet),
  ];
}

function regionLines(fleet: Fleet, cell: Cell): Line[] {
  return [
    ...probeLines(fleet, cell),
    ...judgeLines(cell),
    ...tableLines(cell),
    ...watchingLines(cell),
    ...switchLines(cell),
  ];
}

/** Of no region. */
function jointLines(fleet: Fleet): Line[] {
  const regions = regionsOf(fleet).length;
  return [
    line('dashboard', null, 'dashboards', 1, `one, of ${regions} region(s): a dashboard belongs to none`),
    ...dnsLines(fleet),
  ];
}

function probeLines(fleet: Fleet, cell: Cell): Line[] {
  const { region, here, zones, vantages } = cell;
  const runs = probeRuns(fleet, region);
  // To another zone, and from there.
  const across = zones === 0 ? 0 : 2 * ((zones - 1) / zones);
  const asked = here.map((s) => {
    const all = (zones * cell.nodesOf(s) * 1_000) / s.timing.intervalMs;
    const generations = s.deep ? (all * s.timing.intervalMs) / s.timing.deepIntervalMs : 0;
    return { questions: all - generations, generations };
  });
  const questions = sum(asked, (a) => a.questions);
  const generations = sum(asked, (a) => a.generations);
  return [
    line(
      'probes, running',
      region,
      'lambdaSeconds',
      runs.seconds * seconds * 0.125,
      `${runs.because}, 128 MB`,
    ),
    line(
      'probes, started',
      region,
      'lambdaRequests',
      (runs.count / runs.spanSeconds) * seconds,
      `${vantages} vantage(s), ${runs.count} function(s), every ${runs.spanSeconds} s`,
    ),
    line(
      'probes, called',
      region,
      'queueRequests',
      runs.queueRequests * minutes,
      `${vantages} queue(s), ${runs.queueRequests} a minute: ${runs.queueBecause}`,
    ),
    line(
      'schedules',
      region,
      'schedules',
      (runs.batches + 2) * minutes,
      `${runs.batches} of probes, decide and discover, every minute`,
    ),
    line(
      'probes between zones',
      region,
      'zoneTransfer',
      (across * (questions * questionBytes + generations * generationBytes) * seconds) / 1e9,
      `${round(questions)} questions a second of ${questionBytes / 1_000} KB and ${round(generations)} generations of ${generationBytes / 1_000} KB (assumed), ${Math.max(0, zones - 1)} of ${zones} to another zone`,
    ),
  ];
}

function judgeLines({ region, here, observations }: Cell): Line[] {
  return [
    line(
      'decide, running',
      region,
      'lambdaSeconds',
      (observations * seconds * judgementSeconds + here.length * minutes * tickSeconds) * 0.5,
      `${round(observations)} observations a second, ${round(judgementSeconds * 1_000)} ms each, and ${tickSeconds} s a minute for each service (assumed), 512 MB`,
    ),
    line(
      'decide, started',
      region,
      'lambdaRequests',
      observations * seconds + minutes,
      `${round(observations)} observations a second, each by itself, and every minute`,
    ),
    line(
      'discover, running',
      region,
      'lambdaSeconds',
      minutes * tickSeconds * 0.25,
      `every minute, ${tickSeconds} s (assumed), 256 MB`,
    ),
    line('discover, started', region, 'lambdaRequests', minutes, 'every minute'),
  ];
}
