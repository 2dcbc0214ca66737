import type { RegionPicture } from '@evac/aws/doctor';
import type { Installation } from '@evac/core/config';
import { at, type Finding } from './finding.ts';

/** A deployment takes the bus's name as it is: that there is none would be noticed by the first message. */
export function judgeEventBus(
  { region, eventBus }: RegionPicture,
  { eventBus: name }: Pick<Installation, 'eventBus'>,
): Finding[] {
  if (name === null || eventBus !== 'absent') return [];
  return [
    at({ region, service: null })('bus-missing', {
      subject: `event bus ${name}`,
      seen: 'there is none of this name',
      right:
        'the bus of the config in every region: no machine is told of moves, and each message is a failure',
      fix: `aws events create-event-bus --name ${name} --region ${region}; or correct eventBus in evac.config.ts`,
    }),
  ];
}
