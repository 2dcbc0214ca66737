import type { Place } from '../place.ts';
import { allow, type Statement } from './statement.ts';

const reading = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'];
/** What a transaction holds counts one by one. */
const writing = [
  'dynamodb:BatchWriteItem',
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
];

/** Reads and writes this region's store. */
export function ownStore(place: Place): Statement[] {
  return allow([...reading, ...writing], [tableOf(place)]);
}

/** Reads what the other regions know of themselves. */
export function peerStores(place: Place): Statement[] {
  return allow(
    ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'],
    place.peers.map((region) => tableOf(place, region)),
  );
}

/** Some actions on the items of some partitions alone, by what their keys begin with (packages/aws/src/store/keys.ts). */
export function partitions(place: Place, actions: string[], prefixes: string[]): Statement[] {
  return allow(
    actions,
    [tableOf(place)],
    [
      {
        test: 'ForAllValues:StringLike',
        variable: 'dynamodb:LeadingKeys',
        values: prefixes.map((prefix) => `${prefix}#*`),
      },
    ],
  );
}

function tableOf({ arn, named }: Place, region?: string): string {
  return arn('dynamodb', `table/${named('store')}`, region);
}
