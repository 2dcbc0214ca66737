import { alarm, type Case, part, west } from '../case.ts';

export const alarmsCases: Case[] = [
  [
    'bus-missing',
    'an event bus that is not there',
    (world) => {
      west(world).eventBus = 'absent';
    },
    'there is none of this name',
    'aws events create-event-bus --name incidents --region us-west-2',
  ],
  [
    'alarm-missing',
    'an alarm of the config that is not there',
    (world) => {
      west(world).alarms = west(world).alarms?.filter((a) => a.name !== 'gpu-errors') ?? null;
    },
    'there is none of this name',
    'evac.config.ts',
  ],
  [
    'alarm-missing',
    'an alarm of Evac that is not there',
    (world) => {
      west(world).alarms = west(world).alarms?.filter((a) => !a.name.endsWith('decide-silent')) ?? null;
    },
    'there is none of this name',
    'deploy again',
  ],
  [
    'alarm-actions-off',
    'an alarm that tells nobody',
    (world) => {
      alarm(world, 'evac-production-decide-silent').actionsEnabled = false;
    },
    'ActionsEnabled false',
    'enable-alarm-actions --alarm-names evac-production-decide-silent',
  ],
  [
    'alarm-muted',
    'an alarm that is muted',
    (world) => {
      west(world).mutes = [{ name: 'night', alarms: ['gpu-errors'], until: Date.UTC(2027, 0, 1) }];
    },
    'muted by the rule night until 2027-01-01T00:00:00.000Z',
    'delete-alarm-mute-rule --alarm-mute-rule-name night',
  ],
  [
    'alarm-suppressed',
    'an alarm that is suppressed',
    (world) => {
      alarm(world, 'gpu-errors').suppressedBy = 'Alarm';
    },
    'its actions are suppressed by Alarm',
    'suppressor',
  ],
  [
    'alarm-on',
    'an alarm of Evac that is on',
    (world) => {
      alarm(world, 'evac-production-judgements').state = 'ALARM';
    },
    'State ALARM',
    'describe-alarms --alarm-names evac-production-judgements',
  ],
  [
    'topic-unheard',
    'a topic that nobody hears',
    (world) => {
      part(world, 'topic', 'critical').state = '0';
    },
    'nobody has subscribed',
    'aws sns subscribe',
  ],
];
