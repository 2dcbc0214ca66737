import {
  CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  GetAlarmMuteRuleCommand,
  type MetricAlarm,
  paginateDescribeAlarms,
  paginateListAlarmMuteRules,
} from '@aws-sdk/client-cloudwatch';
import type { Clients } from '../clients.ts';
import { chunks } from '../groups.ts';
import type { Ask } from './ask.ts';
import type { AlarmPicture, RegionPicture } from './picture.ts';

/** As many names as one call takes. */
const mostNames = 100;
const AlarmTypes: ('MetricAlarm' | 'CompositeAlarm')[] = ['MetricAlarm', 'CompositeAlarm'];

/** Those of the names that exist, and all whose name begins with the prefix. */
export async function readAlarms(
  clients: Clients,
  ask: Ask,
  { names, prefix }: { names: readonly string[]; prefix: string },
): Promise<AlarmPicture[] | null> {
  const client = clients.get(CloudWatchClient);
  return ask('cloudwatch:DescribeAlarms', () =>
    clients.call('DescribeAlarms', async (options) => {
      const found: AlarmPicture[] = [];
      const pages = paginateDescribeAlarms({ client }, { AlarmNamePrefix: prefix, AlarmTypes }, options);
      for await (const page of pages) found.push(...alarmsIn(page));
      for (const AlarmNames of chunks(names, mostNames))
        found.push(
          ...alarmsIn(await client.send(new DescribeAlarmsCommand({ AlarmNames, AlarmTypes }), options)),
        );
      return found;
    }),
  );
}

function alarmsIn(page: {
  MetricAlarms?: MetricAlarm[] | undefined;
  CompositeAlarms?: CompositeAlarm[] | undefined;
}): AlarmPicture[] {
  const metric = (page.MetricAlarms ?? []).map((alarm) => alarmOf(alarm, null));
  const composite = (page.CompositeAlarms ?? []).map((alarm) =>
    alarmOf(alarm, alarm.ActionsSuppressedBy ?? null),
  );
  return [...metric, ...composite];
}

function alarmOf(alarm: MetricAlarm | CompositeAlarm, suppressedBy: string | null): AlarmPicture {
  return {
    name: alarm.AlarmName ?? '',
    state: alarm.StateValue ?? '',
    actionsEnabled: alarm.ActionsEnabled ?? true,
    suppressedBy,
  };
}

/** The rules that mute alarms now, each with the alarms it names. */
export async function readMutes(clients: Clients, ask: Ask): Promise<RegionPicture['mutes']> {
  const client = clients.get(CloudWatchClient);
  const arns = await ask('cloudwatch:ListAlarmMuteRules', () =>
    clients.call('ListAlarmMuteRules', async (options) => {
      const found: string[] = [];
      const pages = paginateListAlarmMuteRules({ client }, { Statuses: ['ACTIVE'] }, options);
      for await (const page of pages)
        found.push(...(page.AlarmMuteRuleSummaries ?? []).flatMap((rule) => rule.AlarmMuteRuleArn ?? []));
      return found;
    }),
  );
  if (!arns) return null;
  const rules: NonNullable<RegionPicture['mutes']> = [];
  for (const arn of arns) {
    // arn:aws:cloudwatch:us-west-2:123456789012:alarm-mute-rule:NAME
    const name = arn.split(':').slice(6).join(':');
    const rule = await ask(
      'cloudwatch:GetAlarmMuteRule',
      () =>
        clients.call('GetAlarmMuteRule', (options) =>
          client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: name }), options),
        ),
      { absent: undefined },
    );
    if (rule === null) return null;
    if (rule)
      rules.push({
        name,
        alarms: rule.MuteTargets?.AlarmNames ?? [],
        until: rule.ExpireDate?.getTime() ?? null,
      });
  }
  return rules;
}
