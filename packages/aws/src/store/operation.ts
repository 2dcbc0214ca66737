import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type Item, itemVersion, number, text } from './item.ts';
import type { Key } from './keys.ts';

/** Attributes are written `#name` (so that none is taken for a reserved word) and values `:name`. */
export interface Condition {
  expression: string;
  values?: Item;
}

/** One write of a transaction. */
export type Operation =
  | { put: Item; condition?: Condition }
  | { update: Key; expression: string; condition: Condition }
  | { remove: Key };

/** True of no item, and of those that this version may overwrite. */
const ours = '(attribute_not_exists(#v) OR #v <= :v)';

/** The condition, and that the item is of a version we know; with what the expressions name. */
export function guarded(condition?: Condition, update = '') {
  const expression = condition ? `(${condition.expression}) AND ${ours}` : ours;
  const names = [...`${expression} ${update}`.matchAll(/#(\w+)/g)].flatMap(([, name]) => name ?? []);
  return {
    ConditionExpression: expression,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: { ...condition?.values, ':v': number(itemVersion) },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

export function operationOf(table: string, operation: Operation): TransactWriteItem {
  if ('put' in operation) {
    return { Put: { TableName: table, Item: operation.put, ...guarded(operation.condition) } };
  }
  if ('remove' in operation) {
    return { Delete: { TableName: table, Key: keyOf(operation.remove), ...guarded() } };
  }
  const { update, expression, condition } = operation;
  return {
    Update: {
      TableName: table,
      Key: keyOf(update),
      UpdateExpression: expression,
      ...guarded(condition, expression),
    },
  };
}

const keyOf = ({ pk, sk }: Key): Item => ({ pk: text(pk), sk: text(sk) });
