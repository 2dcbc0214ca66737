import type { CellNames, RegionPicture } from '@evac/aws/doctor';
import type { Installation } from '@evac/core/config';
import { at, type Finding } from './finding.ts';

/** Alarms: the owner's, which make Evac look, and Evac's own, which make people look. */
export function judgeAlarms(
  region: RegionPicture,
  names: CellNames,
  { alarms: bound }: Pick<Installation, 'alarms'>,
  deployed: boolean,
): Finding[] {
  const { alarms } = region;
  if (!alarms) return [];
  const theirs = bound.filter((a) => a.region === region.region);
  const expected = [
    ...theirs.map(({ name, service }) => ({ name, service, own: false })),
    ...(deployed ? names.alarms.map((name) => ({ name, service: null, own: true })) : []),
  ];
  const here = `--region ${region.region}`;
  const lacking = expected.filter(({ own, name }) => own && !alarms.some((a) => a.name === name));
  return [
    ...judgeLacking(
      region,
      lacking.map(({ name }) => name),
    ),
    ...expected.flatMap(({ name, service, own }): Finding[] => {
      const say = at({ region: region.region, service });
      const subject = `alarm ${name}`;
      const alarm = alarms.find((a) => a.name === name);
      if (!alarm && own) return [];
      if (!alarm)
        return [
          say('alarm-missing', {
            subject,
            seen: 'there is none of this name',
            right: 'the alarm of the config: it makes the service be judged at once',
            fix: 'correct alarms in evac.config.ts, or create the alarm',
          }),
        ];
      const muted = region.mutes?.find((m) => m.alarms.includes(name));
      // A zone is silent while its region tells: by design.
      const suppressed = alarm.suppressedBy !== null && !own;
      return [
        ...(alarm.actionsEnabled
          ? []
          : [
              say('alarm-actions-off', {
                subject,
                seen: 'ActionsEnabled false',
                right: own
                  ? 'true: nobody is told'
                  : 'true: Evac hears of it all the same, and people do not',
                fix: `aws cloudwatch enable-alarm-actions --alarm-names ${name} ${here}`,
              }),
            ]),
        ...(muted
          ? [
              say('alarm-muted', {
                subject,
                seen: `muted by the rule ${muted.name}${muted.until === null ? '' : ` until ${new Date(muted.until).toISOString()}`}`,
                right: own ? 'not muted: nobody is told' : 'not muted: Evac does not act on an alarm that is',
                fix: `aws cloudwatch delete-alarm-mute-rule --alarm-mute-rule-name ${muted.name} ${here}, or wait for its end`,
              }),
            ]
          : []),
        ...(suppressed
          ? [
              say('alarm-suppressed', {
                subject,
                seen: `its actions are suppressed by ${alarm.suppressedBy}`,
                right: 'not suppressed: Evac does not act on an alarm that is',
                fix: `look at the suppressor: aws cloudwatch describe-alarms --alarm-names ${name} --alarm-types CompositeAlarm ${here}`,
              }),
            ]
          : []),
        ...(own && alarm.state === 'ALARM'
          ? [
              say('alarm-on', {
                subject,
                seen: 'State ALARM',
                right: 'OK',
                fix: `read its description: aws cloudwatch describe-alarms --alarm-names ${name} --alarm-types MetricAlarm CompositeAlarm ${here}`,
              }),
            ]
          : []),
      ];
    }),
  ];
}

/** One finding for all: they are made together. */
function judgeLacking({ region }: RegionPicture, names: readonly string[]): Finding[] {
  const [first, ...more] = names;
  if (first === undefined) return [];
  return [
    at({ region, service: null })('alarm-missing', {
      subject: more.length === 0 ? `alarm ${first}` : `alarm ${first} and ${more.length} more`,
      seen: 'there is none of this name',
      right: 'the alarms that deploying makes: without them a silent Evac is noticed by nobody',
      fix: 'deploy again',
    }),
  ];
}
