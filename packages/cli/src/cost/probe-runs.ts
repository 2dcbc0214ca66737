import type { Fleet } from './fleet.ts';

/**
 * Assumed until measured on AWS: a run that reads the table, asks and writes; what each question adds at 128 MB, a fourteenth of a
 * core; and how long a generation of a few tokens is waited for. In seconds.
 */
const runSeconds = 0.1;
const questionSeconds = 0.004;
const generationSeconds = 1;

/** Entries of one SendMessageBatch, which is one request. */
const entriesAtOnce = 10;
/** Lambda asks an empty queue five times at once, and waits 20 s for an answer; with little to do it may go down to two. */
const idlePolls = 5 * 3;

/** How often and how long the probes of a region run, and what their queues are asked, while nothing fails. */
export function probeRuns({ services, nodes, vantageZones, shards = {} }: Fleet, region: string) {
  const here = services.filter((s) => s.regions.some((r) => r.region === region));
  const zones = vantageZones[region] ?? 0;
  const each = shards[region] ?? 1;
  const spanSeconds = Math.min(60, ...here.map((s) => s.timing.intervalMs / 1_000));
  const ofZone = oneRun(here, spanSeconds, (s) => nodes / s.regions.length / each);
  const outside = oneRun(here, spanSeconds, (s) => s.regions.length);
  const spans = Math.ceil(60 / spanSeconds);
  const messages = spans * (zones * each + 1);
  const batches = zones * Math.ceil((spans * each) / entriesAtOnce) + Math.ceil(spans / entriesAtOnce);
  const idle = (zones + 1) * idlePolls;
  const ms = (value: number) => Math.round(value * 1_000);
  const ofZones = zones > 0 ? `${zones * each} for ${ms(ofZone)} ms in zones, ` : '';
  return {
    spanSeconds,
    batches,
    /** In each span. */
    count: zones * each + 1,
    /** Of running in each second. */
    seconds: (zones * each * ofZone + outside) / spanSeconds,
    because:
      `${ofZones}1 for ${ms(outside)} ms outside, every ${spanSeconds} s (assumed: ${ms(runSeconds)} ms a run, ` +
      `${ms(questionSeconds)} ms a question, ${ms(generationSeconds)} ms where one is a generation)`,
    /** A minute, of all queues. */
    queueRequests: batches + 2 * messages + idle,
    queueBecause: `${batches} to send, ${2 * messages} to receive and delete, ${idle} that find nothing (Lambda’s long polls)`,
  };
}

type Service = Fleet['services'][number];

/** A generation’s turn falls anywhere in its interval, so the more targets, the fewer runs are without one. */
function oneRun(services: readonly Service[], spanSeconds: number, targets: (service: Service) => number) {
  let questions = 0;
  let withoutGeneration = 1;
  for (const service of services) {
    const { intervalMs, deepIntervalMs } = service.timing;
    questions += (targets(service) * spanSeconds * 1_000) / intervalMs;
    const turn = service.deep ? Math.min(1, (spanSeconds * 1_000) / deepIntervalMs) : 0;
    withoutGeneration *= (1 - turn) ** targets(service);
  }
  return runSeconds + questions * questionSeconds + (1 - withoutGeneration) * generationSeconds;
}
