import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Clock, PortError } from '@evac/core';
import type { HttpHandlerOptions } from '@smithy/types';
import type { Clients } from '../clients.ts';
import { attempts, backOff } from './back-off.ts';
import { type Item, isUnderstood, mustUnderstand, text } from './item.ts';
import type { Key } from './keys.ts';
import { type Condition, guarded, type Operation, operationOf } from './operation.ts';

/** What a conditional write came to, with the item that stood in its way. */
type Written = { ok: true; item: Item | null } | { ok: false; item: Item | null };

/** For every operation of a transaction that was refused: whether its own condition failed, and what stood there. */
type Transacted = { ok: true } | { ok: false; failed: boolean[]; items: (Item | null)[] };

/**
 * One table, as little of DynamoDB as the store needs. Every read is strongly consistent: what a guard or a fencing
 * token hangs on must not be an old copy. Every write leaves an item alone that a newer version has written.
 */
export interface Table {
  get(key: Key): Promise<Item | null>;
  /** Every page, in the order of the sort keys, from `from` on. */
  query(pk: string, from?: string): Promise<Item[]>;
  /** Every page, without what a newer version has written: for lists of which each item stands by itself. */
  understood(pk: string): Promise<Item[]>;
  /** In no order; what is not there is left out. */
  getAll(keys: Key[]): Promise<Item[]>;
  /** Without conditions: for items that never change. */
  putAll(items: Item[]): Promise<void>;
  put(item: Item, condition?: Condition): Promise<Written>;
  /** `item` of the result is the item afterwards. */
  update(key: Key, expression: string, condition: Condition): Promise<Written>;
  remove(key: Key): Promise<void>;
  /** All or nothing; at most 100 operations. `token` makes a repetition within ten minutes harmless. */
  transact(operations: Operation[], token: string): Promise<Transacted>;
}

const perRead = 100;
const perWrite = 25;

export function createTable(clients: Clients, name: string, clock: Clock): Table {
  const client = clients.get(DynamoDBClient);
  const call = <T>(what: string, send: (options: HttpHandlerOptions) => Promise<T>) =>
    clients.call(`${what} in table ${name}`, send);

  /** DynamoDB's own reasons to ask again that the SDK does not know: another transaction has the item just now. */
  async function patiently<T>(what: string, once: () => Promise<T | 'busy'>): Promise<T> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const result = await once();
      if (result !== 'busy') return result;
      await backOff(clock, attempt);
    }
    throw new PortError('contention', `${what}: others were writing the same, ${attempts} times in a row`);
  }

  async function conditional(
    what: string,
    write: (options: HttpHandlerOptions) => Promise<{ Attributes?: Item | undefined }>,
  ): Promise<Written> {
    return patiently(what, () =>
      call(what, async (options): Promise<Written | 'busy'> => {
        try {
          return { ok: true, item: (await write(options)).Attributes ?? null };
        } catch (error) {
          if (error instanceof TransactionConflictException) return 'busy';
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
          return { ok: false, item: error.Item ? mustUnderstand(error.Item) : null };
        }
      }),
    );
  }

  async function rows(pk: string, from?: string): Promise<Item[]> {
    const input: QueryCommandInput = {
      TableName: name,
      ConsistentRead: true,
      KeyConditionExpression: from === undefined ? 'pk = :pk' : 'pk = :pk AND sk >= :from',
      ExpressionAttributeValues: {
        ':pk': text(pk),
        ...(from === undefined ? {} : { ':from': text(from) }),
      },
    };
    const items: Item[] = [];
    let next: Item | undefined;
    do {
      const page = new QueryCommand({ ...input, ...(next && { ExclusiveStartKey: next }) });
      const answer = await call('querying', (options) => client.send(page, options));
      items.push(...(answer.Items ?? []));
      next = answer.LastEvaluatedKey;
    } while (next);
    return items;
  }

  return {
    async get(key) {
      const input = { TableName: name, Key: keyItem(key), ConsistentRead: true };
      const { Item } = await call('reading', (options) => client.send(new GetItemCommand(input), options));
      return Item ? mustUnderstand(Item) : null;
    },

    query: async (pk, from) => (await rows(pk, from)).map(mustUnderstand),

    understood: async (pk) => (await rows(pk)).filter(isUnderstood),

    async getAll(keys) {
      const items: Item[] = [];
      let wanted = keys.map(keyItem);
      for (let attempt = 1; wanted.length > 0; attempt++) {
        const now = wanted.slice(0, perRead);
        const input = { RequestItems: { [name]: { Keys: now, ConsistentRead: true } } };
        const answer = await call('reading', (options) =>
          client.send(new BatchGetItemCommand(input), options),
        );
        const got = answer.Responses?.[name] ?? [];
        items.push(...got.map(mustUnderstand));
        const left = answer.UnprocessedKeys?.[name]?.Keys ?? [];
        wanted = [...left, ...wanted.slice(perRead)];
        attempt = await afterPart(clock, attempt, left.length === 0);
      }
      return items;
    },

    async putAll(items) {
      let wanted = items.map((Item) => ({ PutRequest: { Item } }));
      for (let attempt = 1; wanted.length > 0; attempt++) {
        const input = { RequestItems: { [name]: wanted.slice(0, perWrite) } };
        const answer = await call('writing', (options) =>
          client.send(new BatchWriteItemCommand(input), options),
        );
        const left = (answer.UnprocessedItems?.[name] ?? []).flatMap((r) =>
          r.PutRequest?.Item ? [{ PutRequest: { Item: r.PutRequest.Item } }] : [],
        );
        wanted = [...left, ...wanted.slice(perWrite)];
        attempt = await afterPart(clock, attempt, left.length === 0);
      }
    },

    put(item, condition) {
      const input = { TableName: name, Item: item, ...guarded(condition) };
      return conditional('writing', (options) => client.send(new PutItemCommand(input), options));
    },

    update(key, expression, condition) {
      const input = {
        TableName: name,
        Key: keyItem(key),
        UpdateExpression: expression,
        ReturnValues: 'ALL_NEW' as const,
        ...guarded(condition, expression),
      };
      return conditional('updating', (options) => client.send(new UpdateItemCommand(input), options));
    },

    async remove(key) {
      const input = { TableName: name, Key: keyItem(key), ...guarded() };
      await conditional('removing', (options) => client.send(new DeleteItemCommand(input), options));
    },

    transact(operations, token) {
      const input = {
        TransactItems: operations.map((o) => operationOf(name, o)),
        ClientRequestToken: token,
      };
      return patiently('a transaction', () =>
        call('a transaction', async (options): Promise<Transacted | 'busy'> => {
          try {
            await client.send(new TransactWriteItemsCommand(input), options);
            return { ok: true };
          } catch (error) {
            if (!(error instanceof TransactionCanceledException)) throw error;
            return canceled(error);
          }
        }),
      );
    },
  };
}

function keyItem({ pk, sk }: Key): Item {
  return { pk: text(pk), sk: text(sk) };
}

/** A batch that was taken whole starts the count of attempts anew. */
async function afterPart(clock: Clock, attempt: number, whole: boolean): Promise<number> {
  if (whole) return 0;
  if (attempt === attempts) {
    throw new PortError('throttled', `the table left part of a batch undone, ${attempts} times in a row`);
  }
  await backOff(clock, attempt);
  return attempt;
}

/** Why it was canceled: a condition, or a reason that passes. Anything else is thrown on. */
function canceled(error: TransactionCanceledException): Transacted | 'busy' {
  const reasons = error.CancellationReasons ?? [];
  const codes = reasons.map((r) => r.Code ?? 'None');
  if (codes.includes('ConditionalCheckFailed')) {
    return {
      ok: false,
      failed: codes.map((code) => code === 'ConditionalCheckFailed'),
      items: reasons.map((r) => (r.Item && Object.keys(r.Item).length > 0 ? mustUnderstand(r.Item) : null)),
    };
  }
  if (codes.includes('TransactionConflict')) return 'busy';
  if (codes.some((c) => c === 'ThrottlingError' || c === 'ProvisionedThroughputExceeded')) return 'busy';
  throw error;
}
