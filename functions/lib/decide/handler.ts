import { emitJudgement } from '@evac/aws';
import { type Candidate, PortError, refusalSentence, type ServiceSettings, subjectPath } from '@evac/core';
import { type Judgement, judgeService, type Occasion, readRequest } from '@evac/workflow';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { BoundCell } from '../cell.ts';
import { count } from '../count.ts';
import { fieldsOf } from '../fields.ts';
import { createHandler, type Run } from '../handler.ts';
import { logOf } from '../log.ts';
import { locateAlarm, readAlarm } from './alarm.ts';
import { alarmTags } from './alarm-tags.ts';
import { resumeSettled } from './resume.ts';
import { judgeBatch, readBatch } from './stream.ts';
import { tellAlerts } from './tell.ts';

/** Left for the answer, and for the log. */
const marginMs = 1_000;

export interface DecideCell extends BoundCell {
  /** Services by their owner's alarms, from the config. */
  alarms: Readonly<Record<string, string>>;
}

/** What a person is answered. */
interface Answer {
  started: string | null;
  text: string;
}

/**
 * The judge of a region's cell. It is woken by the table's stream, each minute, by an alarm, and by a person's request;
 * every way leads through the same judgement. `compose` is called in the first run, and what it makes is kept.
 */
export function createDecideHandler(compose: () => DecideCell) {
  let kept: DecideCell | null = null;
  return createHandler('decide', async (event, run): Promise<DynamoDBBatchResponse | Answer | undefined> => {
    kept ??= compose();
    kept.endIn(run.remainingMs() - marginMs);
    await kept.refresh(run.log);
    const fields = fieldsOf(event);
    if (isStream(fields)) return onStream(kept, fields, run);
    if (isTick(fields)) return onTick(kept, run);
    if (fields.source === 'aws.cloudwatch') return onAlarm(kept, fields, run);
    return onRequest(kept, event, run);
  });
}

function isStream(event: Record<string, unknown>): event is Record<string, unknown> & DynamoDBStreamEvent {
  return Array.isArray(event.Records);
}

/** EventBridge's own schedule, or the Scheduler's with this as its input. */
function isTick(event: Record<string, unknown>): boolean {
  return event.tick === true || event.source === 'aws.events' || event.source === 'aws.scheduler';
}

async function onStream(
  bound: BoundCell,
  event: DynamoDBStreamEvent,
  run: Run,
): Promise<DynamoDBBatchResponse> {
  const { region, settings } = bound.cell;
  const batch = readBatch(event);
  for (const { record, reason } of batch.poisoned) {
    run.log.error('a record of the stream cannot be read', { record: record.eventID, reason });
  }
  if (batch.poisoned.length > 0) count('PoisonedRecords', region, batch.poisoned.length);
  return judgeBatch(
    batch,
    settings.services,
    async (service, observations) => {
      await judge(bound, service, { observations, tick: false, requests: [] }, run);
    },
    (service, error) => failed(bound, service, error, run),
  );
}

async function onTick(bound: BoundCell, run: Run): Promise<undefined> {
  const { cell } = bound;
  const all = cell.settings.services.map(async (service) => {
    for (const execution of await resumeSettled(cell, service)) {
      logOf(run.log, { service: service.name, execution }).warn('goes on with an interrupted move');
    }
    await judge(bound, service, { observations: [], tick: true, requests: [] }, run);
  });
  const results = await Promise.allSettled(all);
  const errors = results.flatMap((result, i) => {
    if (result.status === 'fulfilled') return [];
    failed(bound, cell.settings.services[i]?.name ?? '', result.reason, run);
    return [result.reason];
  });
  if (errors.length > 0)
    throw new Error(`${errors.length} services could not be judged: ${errors.join('; ')}`);
}

/**
 * An alarm makes its service be looked at, now, and is kept, for whoever reads what comes of it; what is done about it the
 * evidence says.
 */
async function onAlarm(bound: DecideCell, event: Record<string, unknown>, run: Run): Promise<undefined> {
  const { cell, context } = bound;
  const { services } = cell.settings;
  const alarm = readAlarm(event);
  const about = { alarm: alarm.name, state: alarm.state };
  if (alarm.state !== 'ALARM') return;
  if (alarm.quiet !== null) {
    run.log.info(`an alarm is left alone: ${alarm.quiet}`, about);
    return;
  }
  const means = { cell, services, bound: bound.alarms, tagsOf: (arn: string) => alarmTags(context, arn) };
  const place = await locateAlarm(alarm, means);
  const service = services.find((s) => s.name === place?.service);
  if (!place || !service) {
    run.log.warn('an alarm tells of no service: bind it in the config, or tag it evac:service', about);
    count('UnreadAlarms', cell.region);
    return;
  }
  const log = logOf(run.log, { service: service.name });
  const { region, zone, node, because } = place;
  const at = alarm.at ?? cell.clock.now();
  const kept = cell.alarms?.keep({
    service: service.name,
    alarm: { name: alarm.name, at, region, zone, node, because },
  });
  // Nothing hangs on it, and the judgement must not.
  await kept?.catch((error: unknown) =>
    log.warn('an alarm could not be kept', { ...about, reason: String(error) }),
  );
  const judgement = await judge(bound, service, { observations: [], tick: true, requests: [] }, run);
  const verdicts = judgement?.decision.verdicts;
  log.info('an alarm had its service judged', {
    ...about,
    ...place,
    regionVerdict: verdicts?.regions.find((r) => r.region === place.region)?.verdict,
    zoneVerdict: verdicts?.zones.find((z) => z.zone === place.zone)?.verdict,
    nodeVerdict: verdicts?.nodes.find((n) => n.node === place.node)?.verdict,
  });
}

async function onRequest(bound: BoundCell, event: unknown, run: Run): Promise<Answer> {
  const { cell } = bound;
  const request = await readRequest(cell, event);
  const service = cell.settings.services.find((s) => s.name === request.service);
  if (!service) throw new PortError('not-found', `no service named ${request.service}`);
  const occasion = { observations: [], tick: false, requests: [request] };
  const judgement = await judge(bound, service, occasion, run);
  const same = (of: Pick<Candidate, 'move' | 'subject'>) =>
    of.move === request.move && subjectPath(of.subject) === subjectPath(request.subject);
  const planned = judgement?.decision.moves.find(same);
  const refusal = judgement?.decision.refusals.find((r) => same(r.candidate));
  if (!planned) return { started: null, text: refusal ? refusalSentence(refusal) : 'nothing is to be done' };
  const isNew = judgement?.started.some((m) => m.incident === planned.incident);
  return { started: planned.incident, text: isNew ? 'has begun' : 'had begun already' };
}

async function judge(
  bound: BoundCell,
  service: ServiceSettings,
  occasion: Occasion,
  run: Run,
): Promise<Judgement | null> {
  const { cell } = bound;
  const judgement = await judgeService(cell, service, occasion);
  if (!judgement) return null;
  emitJudgement(service, cell.region, judgement, cell.clock.now());
  const { decision, started } = judgement;
  for (const { incident, move, subject, verb } of started) {
    const log = logOf(run.log, { service: service.name, incident, move, execution: incident });
    log.info(`has begun ${move} of ${subjectPath(subject)}`, { verb });
  }
  await tellAlerts(cell, service, decision, occasion.tick).catch((error) => {
    logOf(run.log, { service: service.name }).error('nobody could be told', { reason: String(error) });
    count('NotifyFailures', cell.region);
  });
  return judgement;
}

function failed({ cell }: BoundCell, service: string, error: unknown, run: Run): void {
  logOf(run.log, { service }).error('could not be judged', {
    error: error instanceof Error ? error : String(error),
  });
  count('JudgementErrors', cell.region);
}
