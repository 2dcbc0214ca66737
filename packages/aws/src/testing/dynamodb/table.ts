import { holds, type Names, updated, type WireItem } from './expression.ts';

/** One write, in the form that PutItem, UpdateItem, DeleteItem and a transaction's members share. */
export interface WireWrite extends Names {
  Item?: WireItem;
  Key?: WireItem;
  UpdateExpression?: string;
  ConditionExpression?: string;
}

/** One table in memory; what it does not know of DynamoDB it throws at. */
export interface FakeTable {
  items: Map<string, WireItem>;
  get(key: WireItem): WireItem | undefined;
  put(item: WireItem): void;
  /** In the order of the sort keys. */
  query(pk: string, from: string): WireItem[];
  allows(write: WireWrite): boolean;
  /** The item afterwards. */
  apply(write: WireWrite): WireItem | undefined;
}

export function createFakeTable(): FakeTable {
  const items = new Map<string, WireItem>();
  const nameOf = (key: WireItem) => `${key.pk?.S} ${key.sk?.S}`;
  const keyOf = (write: WireWrite) => write.Item ?? write.Key ?? {};
  const get = (key: WireItem) => items.get(nameOf(key));
  const put = (item: WireItem) => {
    const size = JSON.stringify(item).length;
    if (size > 560_000) throw new Error(`an item of ${size} characters (base64) is beyond 400 KB`);
    items.set(nameOf(item), item);
  };
  return {
    items,
    get,
    put,
    query: (pk, from) =>
      [...items.values()]
        .filter((item) => item.pk?.S === pk && (item.sk?.S ?? '') >= from)
        .toSorted((a, b) => ((a.sk?.S ?? '') < (b.sk?.S ?? '') ? -1 : 1)),
    allows(write) {
      mustUseAll(write);
      return !write.ConditionExpression || holds(write.ConditionExpression, get(keyOf(write)), write);
    },
    apply(write) {
      if (write.Item) {
        put(write.Item);
        return write.Item;
      }
      const key = keyOf(write);
      if (!write.UpdateExpression) {
        items.delete(nameOf(key));
        return undefined;
      }
      const { pk = {}, sk = {} } = key;
      const next = updated(write.UpdateExpression, { ...get(key), pk, sk }, write);
      put(next);
      return next;
    },
  };
}

/** DynamoDB refuses a request with a name or a value that no expression uses. */
function mustUseAll(write: WireWrite): void {
  const used: string[] =
    `${write.ConditionExpression ?? ''} ${write.UpdateExpression ?? ''}`.match(/[#:]\w+/g) ?? [];
  const given = [
    ...Object.keys(write.ExpressionAttributeNames ?? {}),
    ...Object.keys(write.ExpressionAttributeValues ?? {}),
  ];
  const unused = given.filter((name) => !used.includes(name));
  if (unused.length > 0) throw new Error(`unused in expressions: ${unused.join(', ')}`);
}
