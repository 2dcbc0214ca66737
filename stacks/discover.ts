import { createFunction, type Told } from './function.ts';
import type { Place } from './place.ts';
import { discovering, telling } from './rights/cloud.ts';
import { partitions } from './rights/store.ts';
import { everyMinute } from './schedule.ts';

/** Looks every minute which groups have joined by their tags. */
export function createDiscover(
  place: Place,
  ask: { told: Told; topics: string[]; scheduler: aws.iam.Role; deadLetters: aws.sqs.Queue },
): sst.aws.Function {
  const discover = createFunction(place, {
    name: 'discover',
    description: 'Looks which Auto Scaling groups bear evac:service, and remembers what their tags say.',
    memory: 256,
    timeoutSeconds: 55,
    told: ask.told,
    // Every minute, and seldom to any effect.
    traced: false,
    deadLetters: ask.deadLetters,
    rights: [
      ...partitions(
        place,
        ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query'],
        ['joined', 'complaints'],
      ),
      ...partitions(place, ['dynamodb:Query'], ['open#*', 'closed#*', 'incident#*']),
      ...discovering(),
      ...telling(place, ask.topics),
    ],
  });
  everyMinute(place, {
    parts: ['discover'],
    target: discover,
    role: ask.scheduler,
    deadLetters: ask.deadLetters,
    input: {},
  });
  return discover;
}
