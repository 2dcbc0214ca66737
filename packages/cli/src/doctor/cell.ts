import type { Part, RegionPicture } from '@evac/aws/doctor';
import { formatDuration, type ServiceSettings } from '@evac/core';
import { at, type Finding } from './finding.ts';

/** What AWS says of a part that works. */
const right: Partial<Record<Part['kind'], string[]>> = {
  table: ['ACTIVE', 'UPDATING'],
  stream: ['ENABLED'],
  function: ['Active', 'Inactive'],
  mapping: ['Enabled', 'Creating', 'Enabling', 'Updating'],
  machine: ['ACTIVE'],
  schedule: ['ENABLED'],
  rule: ['ENABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'],
};

/** How each is called for a person. */
const kindWords: Record<Part['kind'], string> = {
  table: 'table',
  stream: 'stream of the table',
  ttl: 'time to live of the table',
  backups: 'point-in-time recovery of the table',
  protection: 'deletion protection of the table',
  function: 'function',
  concurrency: 'reserved concurrency of the function',
  mapping: 'event source mapping of the function',
  machine: 'state machine',
  schedule: 'schedule',
  rule: 'rule',
  topic: 'topic',
};

/** Whether anything of Evac is there. */
export function isDeployed({ cell }: RegionPicture): boolean {
  return cell.parts.some(({ state }) => state !== 'absent');
}

export interface CellAsk {
  region: RegionPicture;
  /** Whether any region has a cell. */
  deployed: boolean;
  stage: string;
  services: readonly ServiceSettings[];
  /** Vantages that the cell has. */
  vantages: readonly string[];
  now: number;
}

/** A region's cell: all of it there, on, and awake. */
export function judgeCell(ask: CellAsk): Finding[] {
  const { region, deployed, stage } = ask;
  const say = at({ region: region.region, service: null });
  const { parts } = region.cell;
  if (!isDeployed(region)) {
    if (parts.length === 0) return [];
    const subject = `Evac, stage ${stage}`;
    const seen = 'nothing of it is here';
    const fix = `npx sst deploy --stage ${stage}; --stage names another`;
    if (deployed)
      return [say('part-missing', { subject, seen, right: 'a cell, as in the other regions', fix })];
    return [say('not-deployed', { subject, seen, right: 'known: everything else was checked', fix })];
  }
  return [
    ...parts.flatMap((part) => judgePart(region, stage, part)),
    ...judgePauses(region, stage),
    ...judgeObservations(ask),
  ];
}

function judgePart({ region }: RegionPicture, stage: string, part: Part): Finding[] {
  const { kind, name, state } = part;
  const say = at({ region, service: null });
  const subject = `${kindWords[kind]} ${name}`;
  if (state === 'absent')
    return [
      say('part-missing', {
        subject,
        seen: 'it does not exist',
        right: 'what deploying makes',
        fix: `npx sst deploy --stage ${stage}`,
      }),
    ];
  if (kind === 'topic') return judgeTopic(region, part);
  if (kind === 'concurrency' ? state !== '0' : (right[kind]?.includes(state) ?? isProtected(part, stage)))
    return [];
  if (right[kind] === undefined && kind !== 'concurrency')
    return [
      say('table-unprotected', {
        subject,
        seen: state === '' ? 'unknown' : state,
        right: 'ENABLED: the record of what was done must outlive a mistake, and old items must go',
        fix: protect(kind, name, region),
      }),
    ];
  return [
    say('part-off', {
      subject,
      seen: kind === 'concurrency' ? state : `state ${state}`,
      right:
        kind === 'concurrency' ? 'more than 0, or none reserved: it is never run' : (right[kind]?.[0] ?? ''),
      fix: turnOn(kind, name, region, stage),
    }),
  ];
}

/** Deletion protection is for production alone. */
function isProtected({ kind, state }: Part, stage: string): boolean {
  return state === 'ENABLED' || state === 'ENABLING' || (kind === 'protection' && stage !== 'production');
}

function protect(kind: Part['kind'], name: string, region: string): string {
  const command: Partial<Record<Part['kind'], string>> = {
    protection: `update-table --table-name ${name} --deletion-protection-enabled`,
    backups: `update-continuous-backups --table-name ${name} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
    ttl: `update-time-to-live --table-name ${name} --time-to-live-specification Enabled=true,AttributeName=ttl`,
  };
  return `aws dynamodb ${command[kind]} --region ${region}`;
}

function turnOn(kind: Part['kind'], name: string, region: string, stage: string): string {
  if (kind === 'rule') return `aws events enable-rule --name ${name} --region ${region}`;
  if (kind === 'concurrency')
    return `aws lambda delete-function-concurrency --function-name ${name} --region ${region}`;
  if (kind === 'mapping')
    return `aws lambda update-event-source-mapping --uuid UUID --enabled --region ${region}; aws lambda list-event-source-mappings --function-name ${name} --region ${region} tells the UUID`;
  if (kind === 'schedule')
    return `in the EventBridge Scheduler console of ${region}, enable ${name}; or npx sst deploy --stage ${stage}`;
  return `npx sst deploy --stage ${stage}`;
}

function judgeTopic(region: RegionPicture['region'], { name, state }: Part): Finding[] {
  // Of what is only to be known, nobody has to hear.
  if (state !== '0' || name.endsWith('-info')) return [];
  return [
    at({ region, service: null })('topic-unheard', {
      subject: `topic ${name}`,
      seen: 'nobody has subscribed and confirmed',
      right: 'somebody: what Evac has to say is heard by nobody',
      fix: `aws sns subscribe --topic-arn ARN --protocol email --notification-endpoint you@example.com --region ${region}, and confirm the mail`,
    }),
  ];
}

function judgePauses({ region, cell }: RegionPicture, stage: string): Finding[] {
  return (cell.pauses ?? []).map(({ id, reason, until }) =>
    at({ region, service: null })('paused', {
      subject: `pause ${id}`,
      seen: `${reason}${until === null ? '' : `, until ${new Date(until).toISOString()}`}`,
      right: 'no pause: while there is one, nothing moves',
      fix: `wait for its end, or aws dynamodb delete-item --table-name evac-${stage}-store --key '{"pk": {"S": "pauses"}, "sk": {"S": "${id}"}}' --region ${region} (docs/operations.md)`,
    }),
  );
}

/** Every vantage of the cell, as old as it may be at most. */
function judgeObservations({ region, stage, services, vantages, now }: CellAsk): Finding[] {
  const { observations } = region.cell;
  if (!observations || observations.length === 0) return [];
  return services
    .filter((s) => s.regions.some((r) => r.region === region.region))
    .flatMap((service) => {
      const heard = observations.find((o) => o.service === service.name)?.vantages ?? [];
      const say = at({ region: region.region, service: service.name });
      return vantages.flatMap((vantage): Finding[] => {
        const last = heard.find((v) => v.vantage === vantage);
        const name = `vantage ${vantage}`;
        const probe = vantage.startsWith('in/') ? vantage.slice('in/'.length) : 'outside';
        const log = `aws logs tail /aws/lambda/evac-${stage}-probe-${probe} --since 10m --region ${region.region}`;
        if (!last)
          return [
            say('observation-missing', {
              subject: name,
              seen: 'it has never said anything',
              right: 'an observation a round: what nobody asks is not judged',
              fix: `read its log: ${log}`,
            }),
          ];
        const age = now - last.at;
        // Asked for from here: a round, and the way to the table and back.
        if (age <= service.timing.freshMs + service.timing.intervalMs) return [];
        return [
          say('observation-old', {
            subject: name,
            seen: `its last observation is ${formatDuration(age)} old`,
            right: `at most ${formatDuration(service.timing.freshMs)} (timing.fresh): an older one says nothing`,
            fix: `look at its schedule, and read its log: ${log}`,
          }),
        ];
      });
    });
}
