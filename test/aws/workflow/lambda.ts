import type { AwsReply, Interference } from '../proxy.ts';
import { FunctionError, type FunctionName, functionNames } from './host.ts';

export type Invoke = (region: string, name: FunctionName, event: unknown) => Promise<unknown>;

const path = /^\/2015-03-31\/functions\/([^/]+)\/invocations/;

/** Lambda's Invoke, answered by the functions of a region. */
export function lambda(invoke: Invoke): Interference {
  return (call) => {
    const arn = path.exec(call.path)?.[1];
    if (arn === undefined) return null;
    const name = decodeURIComponent(arn).split(':').at(-1);
    if (!isFunctionName(name)) return json(404, { Message: `Function not found: ${name}` });
    return answer(invoke(call.region, name, JSON.parse(call.body === '' ? '{}' : call.body)));
  };
}

async function answer(invocation: Promise<unknown>): Promise<AwsReply> {
  try {
    return json(200, (await invocation) ?? null);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    const { name: errorType, message: errorMessage } = error;
    return json(200, { errorType, errorMessage }, { 'x-amz-function-error': 'Unhandled' });
  }
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): AwsReply {
  return {
    status,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST', ...headers },
  };
}

function isFunctionName(name: string | undefined): name is FunctionName {
  return functionNames.some((known) => known === name);
}
