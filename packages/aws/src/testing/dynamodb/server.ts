import { type Stub, type StubAnswer, type StubCall, startStub } from '../stub.ts';
import type { Names, WireItem } from './expression.ts';
import { createFakeTable, type FakeTable, type WireWrite } from './table.ts';

/**
 * What may go wrong with a call. `lost`: it is done and the connection is cut. `busy`: another transaction has the
 * item. `part`: a batch is done by half.
 */
export type Trouble = 'throttled' | 'error' | 'reset' | 'hang' | 'lost' | 'busy' | 'part';

export interface FakeDynamoDb extends Stub {
  table: FakeTable;
  /** Asked before each call; null: nothing goes wrong. The call is held up until it is known. */
  trouble: (call: StubCall, nth: number) => Trouble | null | Promise<null>;
  /** As it does after ten minutes: a transaction that is repeated is a new one. */
  forgetTokens: boolean;
  /** Of a query's answer. */
  itemsPerPage: number;
}

/** DynamoDB's wire protocol, as much as the store speaks, over one table in memory. */
export async function startDynamoDb(): Promise<FakeDynamoDb> {
  const table = createFakeTable();
  const tokens = new Set<string>();
  const stub = await startStub(async (call, nth) => {
    const trouble = await fake.trouble(call, nth);
    if (trouble === 'throttled') return refusal('ProvisionedThroughputExceededException', 'slow down');
    if (trouble === 'error') return { ...refusal('InternalServerError', 'sorry'), status: 500 };
    if (trouble === 'hang' || trouble === 'reset') return trouble;
    if (trouble === 'busy') return busy(call);
    if (fake.forgetTokens) tokens.clear();
    const answer = respond(call, table, tokens, { half: trouble === 'part', perPage: fake.itemsPerPage });
    return trouble === 'lost' ? 'reset' : answer;
  });
  const fake: FakeDynamoDb = {
    ...stub,
    table,
    trouble: () => null,

    forgetTokens: false,
    itemsPerPage: 1_000,
  };
  return fake;
}

type Request = WireWrite & {
  RequestItems: Record<string, { Keys: WireItem[] } & { PutRequest: { Item: WireItem } }[]>;
  ExclusiveStartKey?: WireItem;
  TransactItems: Record<string, WireWrite>[];
  ClientRequestToken?: string;
};

function respond(
  call: StubCall,
  table: FakeTable,
  tokens: Set<string>,
  how: { half: boolean; perPage: number },
): StubAnswer {
  const request: Request = JSON.parse(call.body);
  switch (call.action) {
    case 'GetItem': {
      const item = table.get(request.Key ?? {});
      return ok(item ? { Item: item } : {});
    }
    case 'Query':
      return query(request, table, how.perPage);
    case 'BatchGetItem': {
      const [[name, { Keys }] = ['', { Keys: [] }]] = Object.entries(request.RequestItems);
      if (Keys.length > 100) return refusal('ValidationException', 'Too many items requested');
      const [now, left] = halves(Keys, how.half);
      const found = now.flatMap((key) => table.get(key) ?? []);
      return ok({
        Responses: { [name]: found },
        UnprocessedKeys: left.length > 0 ? { [name]: { Keys: left } } : {},
      });
    }
    case 'BatchWriteItem': {
      const [[name, writes] = ['', []]] = Object.entries(request.RequestItems);
      if (writes.length > 25) return refusal('ValidationException', 'Too many items requested');
      const [now, left] = halves(writes, how.half);
      for (const { PutRequest } of now) table.put(PutRequest.Item);
      return ok({ UnprocessedItems: left.length > 0 ? { [name]: left } : {} });
    }
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem': {
      if (!table.allows(request)) {
        const old = table.get(request.Item ?? request.Key ?? {});
        return refusal('ConditionalCheckFailedException', 'The conditional request failed', { Item: old });
      }
      return ok({ Attributes: table.apply(request) });
    }
    case 'TransactWriteItems':
      return transact(request, table, tokens);
    default:
      return refusal('UnknownOperationException', call.action);
  }
}

function query(request: Request & Names, table: FakeTable, perPage: number): StubAnswer {
  const { ':pk': pk, ':from': from } = request.ExpressionAttributeValues ?? {};
  const all = table.query(pk?.S ?? '', from?.S ?? '');
  const start = request.ExclusiveStartKey?.sk?.S ?? '';
  const rest = all.filter((item) => start === '' || (item.sk?.S ?? '') > start);
  const page = rest.slice(0, perPage);
  const last = page.at(-1);
  const more = rest.length > page.length && last;
  return ok({ Items: page, ...(more ? { LastEvaluatedKey: { pk: last.pk, sk: last.sk } } : {}) });
}

function transact(request: Request, table: FakeTable, tokens: Set<string>): StubAnswer {
  const token = request.ClientRequestToken ?? '';
  if (tokens.has(token)) return ok({});
  const writes = request.TransactItems.flatMap((member) => Object.values(member));
  const keys = writes.map(({ Item, Key }) => `${(Item ?? Key)?.pk?.S} ${(Item ?? Key)?.sk?.S}`);
  if (new Set(keys).size < keys.length || keys.length > 100) {
    return refusal('ValidationException', 'an item twice, or too many');
  }
  const reasons = writes.map((write) =>
    table.allows(write)
      ? { Code: 'None' }
      : { Code: 'ConditionalCheckFailed', Item: table.get(write.Item ?? write.Key ?? {}) },
  );
  if (reasons.some((reason) => reason.Code !== 'None')) return canceled(reasons);
  for (const write of writes) table.apply(write);
  tokens.add(token);
  return ok({});
}

function busy(call: StubCall): StubAnswer {
  if (call.action !== 'TransactWriteItems') {
    return refusal('TransactionConflictException', 'Transaction is ongoing for the item');
  }
  const request: Request = JSON.parse(call.body);
  return canceled(request.TransactItems.map((_, i) => ({ Code: i === 0 ? 'TransactionConflict' : 'None' })));
}

function canceled(reasons: { Code: string }[]): StubAnswer {
  const codes = reasons.map((r) => r.Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return refusal('TransactionCanceledException', message, { CancellationReasons: reasons });
}

function halves<T>(list: T[], half: boolean): [T[], T[]] {
  const until = half ? Math.floor(list.length / 2) : list.length;
  return [list.slice(0, until), list.slice(until)];
}

const headers = { 'content-type': 'application/x-amz-json-1.0' };

function ok(body: unknown): StubAnswer {
  return { status: 200, headers, body: JSON.stringify(body) };
}

function refusal(type: string, message: string, more: Record<string, unknown> = {}): StubAnswer {
  const body = { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message, ...more };
  return { status: 400, headers, body: JSON.stringify(body) };
}

/** Holds up the next call of an action until `run` is done, and resolves to what it came to. */
export function during<T>(db: FakeDynamoDb, action: string, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let begun = false;
    db.trouble = async (call) => {
      if (call.action !== action || begun) return null;
      begun = true;
      await run().then(resolve, reject);
      return null;
    };
  });
}
