import type { Place } from '../place.ts';
import { allow, type Statement } from './statement.ts';

const reading = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'];

/** This region's store, and what the other regions' say of themselves. */
export function readingStores(place: Place): Statement[] {
  return allow(reading, [tableOf(place), ...place.peers.map((region) => tableOf(place, region))]);
}

/** What every judgement leaves behind: targets, health, the rounds' counts, that somebody was told, and an alarm that set it off. */
export function judging(place: Place): Statement[] {
  return [
    ...partitions(place, ['dynamodb:PutItem'], ['targets#*', 'health#*', 'alarms#*']),
    ...partitions(place, ['dynamodb:BatchWriteItem'], ['health#*', 'rounds#*']),
    ...partitions(place, ['dynamodb:UpdateItem'], ['lease#*']),
  ];
}

/** What every step of a move writes: the incident's record, with the lease that fences it. */
export function recording(place: Place): Statement[] {
  return [
    ...partitions(place, ['dynamodb:PutItem'], ['incident#*', 'closed#*', 'targets#*']),
    ...partitions(place, ['dynamodb:UpdateItem'], ['incident#*', 'lease#*']),
  ];
}

/** What only the first and the last step write: that an incident is open. */
export function openingAndClosing(place: Place): Statement[] {
  return partitions(place, ['dynamodb:DeleteItem', 'dynamodb:PutItem'], ['open#*']);
}

/** Some actions on the items of some partitions alone, by the patterns of their keys (packages/aws/src/store/keys.ts). */
export function partitions(place: Place, actions: string[], patterns: string[]): Statement[] {
  return allow(
    actions,
    [tableOf(place)],
    [{ test: 'ForAllValues:StringLike', variable: 'dynamodb:LeadingKeys', values: patterns }],
  );
}

function tableOf({ arn, named }: Place, region?: string): string {
  return arn('dynamodb', `table/${named('store')}`, region);
}
