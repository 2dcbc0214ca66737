import type { Fleet } from './bill.ts';

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
export function probeRuns({ services, nodes, vantageZones }: Fleet, region: string) {
  const here = services.filter((s) => s.regions.some((r) => r.region === region));
  const zones = vantageZones[region] ?? 0;
  const spanSeconds = Math.min(60, ...here.map((s) => s.timing.intervalMs / 1_000));
  const ofZone = oneRun(here, spanSeconds, (s) => nodes / s.regions.length);
  const outside = oneRun(here, spanSeconds, (s) => s.regions.length);
  const messages = Math.ceil(60 / spanSeconds);
  const batches = Math.ceil(messages / entriesAtOnce);
  const ms = (value: number) => Math.round(value * 1_000);
  return {
    spanSeconds,
    batches,
    /** Of running in each second. */
    seconds: (zones * ofZone + outside) / spanSeconds,
    because:
      `${zones > 0 ? `${zones} zone(s) for ${ms(ofZone)} ms and ` : ''}the outside for ${ms(outside)} ms, every ${spanSeconds} s (assumed: ` +
      `${ms(runSeconds)} ms a run, ${ms(questionSeconds)} ms a question, ${ms(generationSeconds)} ms where one is a generation)`,
    /** A minute, of one queue. */
    queueRequests: batches + 2 * messages + idlePolls,
    queueBecause: `${batches} to send, ${2 * messages} to receive and delete, ${idlePolls} that find nothing (Lambda’s long polls)`,
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
