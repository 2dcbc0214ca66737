import { regionName } from '@evac/core';
import { type Case, west } from '../case.ts';

export const askingCases: Case[] = [
  [
    'clock-off',
    'a clock that is two minutes ahead',
    ({ picture }) => {
      if (picture.clock) picture.clock.here += 120_000;
    },
    '2m ahead of AWS’s',
    'timedatectl',
  ],
  [
    'clock-off',
    'a clock that is behind',
    ({ picture }) => {
      if (picture.clock) picture.clock.here -= 31_000;
    },
    'behind AWS’s',
    'timedatectl',
  ],
  [
    'permission-missing',
    'a permission that is missing',
    (world) => {
      west(world).alarms = null;
      world.picture.gaps = [
        {
          region: regionName('us-west-2'),
          action: 'cloudwatch:DescribeAlarms',
          why: 'denied',
          text: 'AccessDenied: no',
        },
      ];
    },
    'AccessDenied: no',
    'evac doctor --policy --stage production',
  ],
  [
    'not-told',
    'a call that was not answered',
    (world) => {
      west(world).limits = null;
      world.picture.gaps = [
        {
          region: regionName('us-west-2'),
          action: 'elasticloadbalancing:DescribeAccountLimits',
          why: 'unanswered',
          text: 'no answer',
        },
      ];
    },
    'no answer',
    'try again',
  ],
  [
    'region-silent',
    'a region that does not answer',
    (world) => {
      Object.assign(west(world), { answers: false, groups: null, alarms: null });
      world.picture.gaps = [
        {
          region: regionName('us-west-2'),
          action: 'sts:GetCallerIdentity',
          why: 'unanswered',
          text: 'timed out',
        },
        {
          region: regionName('us-west-2'),
          action: 'autoscaling:DescribeAutoScalingGroups',
          why: 'unanswered',
          text: 'timed out',
        },
      ];
    },
    'timed out',
    'https://health.aws.amazon.com',
  ],
];
